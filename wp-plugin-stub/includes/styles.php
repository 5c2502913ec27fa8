<?php
/**
 * The small style sheet that makes callouts, link cards, to-dos and formulas look right in any theme.
 *
 * Only pages that show such blocks get it. Posts are fine without it: their blocks bring along what they need.
 *
 * @package NotionSidecar
 */

namespace NotionSidecar;

defined( 'ABSPATH' ) || exit;

const STYLES = 'notion-sidecar-content';

/**
 * Whether the style sheet is wanted: `add_filter( 'notion_sidecar_styles', '__return_false' )` leaves it out, too.
 *
 * @return bool
 */
function has_styles() {
	return (bool) apply_filters( 'notion_sidecar_styles', options()['styles'] );
}

/**
 * Whether a piece of HTML holds anything that the style sheet is for.
 *
 * @param string $html The HTML.
 * @return bool
 */
function is_styled( $html ) {
	return false !== strpos( $html, 'notion-' ) || false !== strpos( $html, '<math' );
}

/**
 * Adds the style sheet, once.
 */
function add_styles() {
	if ( ! wp_style_is( STYLES ) && has_styles() ) {
		wp_enqueue_style( STYLES, plugins_url( 'assets/content.css', __DIR__ ), array(), VERSION );
		wp_style_add_data( STYLES, 'path', dirname( __DIR__ ) . '/assets/content.css' );
	}
}

/**
 * On a page for readers, in its head, when one of its posts needs it.
 */
function wp_enqueue_scripts() {
	global $wp_query;
	foreach ( $wp_query->posts ? $wp_query->posts : array() as $post ) {
		if ( $post instanceof \WP_Post && is_styled( $post->post_content ) ) {
			add_styles();
			return;
		}
	}
}

/**
 * For what is shown by other ways, such as a list of posts inside a page.
 *
 * @param string $html The HTML of a block.
 * @return string
 */
function render_block( $html ) {
	if ( is_styled( $html ) ) {
		add_styles();
	}
	return $html;
}

/**
 * In the block editor, for posts that come from Notion.
 */
function enqueue_block_assets() {
	if ( is_admin() && get_the_ID() && '' !== page_of_post( get_the_ID() ) ) {
		add_styles();
	}
}
