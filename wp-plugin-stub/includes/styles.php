<?php
/**
 * The small stylesheet that makes callouts, link cards and to-dos look right in any theme. Posts are fine without it.
 *
 * @package NotionSidecar
 */

namespace NotionSidecar;

defined( 'ABSPATH' ) || exit;

/**
 * Adds the stylesheet to the site and the editor. `add_filter( 'notion_sidecar_styles', '__return_false' )` leaves it out.
 */
function enqueue_styles() {
	if ( apply_filters( 'notion_sidecar_styles', true ) ) {
		wp_enqueue_style( 'notion-sidecar', plugins_url( 'assets/content.css', __DIR__ ), array(), VERSION );
	}
}
