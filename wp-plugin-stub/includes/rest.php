<?php
/**
 * What the REST API says of this plugin, for a sidecar that comes that way because XML-RPC is closed.
 *
 * @package NotionSidecar
 */

namespace NotionSidecar;

defined( 'ABSPATH' ) || exit;

/**
 * Names our version in the index of the API. It tells nothing that XML-RPC's method version does not.
 *
 * @param \WP_REST_Response $response The index.
 * @return \WP_REST_Response
 */
function rest_index( $response ) {
	$response->data['notion_sidecar'] = VERSION;
	return $response;
}
