<?php
/**
 * What the REST API says of this plugin, for a sidecar that comes that way because XML-RPC is closed.
 *
 * @package NotionSidecar
 */

namespace NotionSidecar;

defined( 'ABSPATH' ) || exit;

/**
 * Whether an AVIF becomes an item with smaller sizes: that is for WordPress to allow, and for the image library of PHP to
 * be able to.
 *
 * @return bool
 */
function takes_avif() {
	$type = 'image/avif';
	return in_array( $type, get_allowed_mime_types(), true ) && wp_image_editor_supports( array( 'mime_type' => $type ) );
}

/**
 * Names our version, the SEO plugin there is, and whether AVIF is taken, in the index of the API. The pages of the site
 * tell that, too.
 *
 * @param \WP_REST_Response $response The index.
 * @return \WP_REST_Response
 */
function rest_index( $response ) {
	$response->data['notion_sidecar']      = VERSION;
	$response->data['notion_sidecar_seo']  = seo_plugin();
	$response->data['notion_sidecar_avif'] = takes_avif();
	return $response;
}
