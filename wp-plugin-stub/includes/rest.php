<?php
/**
 * What the REST API says of this plugin, for a sidecar that comes that way because XML-RPC is closed.
 *
 * @package NotionSidecar
 */

namespace NotionSidecar;

defined( 'ABSPATH' ) || exit;

/**
 * Names our version, and the SEO plugin there is, in the index of the API. The pages of the site tell that, too.
 *
 * @param \WP_REST_Response $response The index.
 * @return \WP_REST_Response
 */
function rest_index( $response ) {
	$response->data['notion_sidecar']     = VERSION;
	$response->data['notion_sidecar_seo'] = seo_plugin();
	return $response;
}
