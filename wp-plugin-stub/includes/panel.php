<?php
/**
 * A post from Notion in its editor: its page, last sync and notes, Sync this page now, and a word on edits made here.
 *
 * The block editor gets a panel by script, the classic one a box; both from what is stored on the post.
 *
 * @package NotionSidecar
 */

namespace NotionSidecar;

defined( 'ABSPATH' ) || exit;

/**
 * What a writer has to know before editing here.
 *
 * @return string
 */
function editing_words() {
	return __( 'This post is written in Notion; edits here will be kept and reported as a conflict.', 'notion-sidecar' );
}

/**
 * The script of the panel in the block editor.
 */
function enqueue_block_editor_assets() {
	$screen = get_current_screen();
	$post   = $screen && 'post' === $screen->base ? shown_post( (int) get_the_ID() ) : null;
	if ( null === $post ) {
		return;
	}
	add_common();
	add_script( 'editor', array( 'notion-sidecar-common', 'wp-plugins', 'wp-element', 'wp-components', 'wp-data', 'wp-dom-ready', 'wp-edit-post', 'wp-editor', 'wp-notices' ) );
	$known = array(
		'post'  => $post,
		'words' => editing_words(),
		'can'   => may_sync_post( $post['id'] ),
	);
	wp_add_inline_script( 'notion-sidecar-editor', 'notionSidecar.editor = ' . wp_json_encode( $known, JSON_HEX_TAG ) . ';', 'before' );
}

/**
 * Whether the button is offered: there is a sidecar, and the user may edit the post.
 *
 * @param int $post_id The post.
 * @return bool
 */
function may_sync_post( $post_id ) {
	return '' !== options()['url'] && current_user_can( 'edit_post', $post_id );
}

// --- the classic editor -----------------------------------------------------------------------------------

/**
 * The box beside the classic editor. The block editor leaves it out: it has the panel.
 *
 * @param string   $type The post type.
 * @param \WP_Post $post The post.
 */
function add_meta_boxes( $type, $post ) {
	if ( $post instanceof \WP_Post && '' !== page_of_post( $post->ID ) ) {
		add_meta_box( 'notion-sidecar', __( 'Notion', 'notion-sidecar' ), __NAMESPACE__ . '\meta_box', $type, 'side', 'high', array( '__back_compat_meta_box' => true ) );
	}
}

/**
 * The script of the box.
 *
 * @param string $hook The screen.
 */
function box_scripts( $hook ) {
	if ( 'post.php' === $hook && ! get_current_screen()->is_block_editor() && '' !== page_of_post( (int) get_the_ID() ) ) {
		add_common();
		add_script( 'posts', array( 'notion-sidecar-common' ) );
	}
}

/**
 * The word on edits, above the classic editor.
 *
 * @param \WP_Post $post The post.
 */
function edit_form_top( $post ) {
	if ( '' !== page_of_post( $post->ID ) ) {
		echo '<div class="notice notice-info inline"><p>' . esc_html( editing_words() ) . '</p></div>';
	}
}

/**
 * Prints the box.
 *
 * @param \WP_Post $post The post.
 */
function meta_box( $post ) {
	$shown = shown_post( $post->ID );
	if ( null === $shown ) {
		return;
	}
	echo '<div class="notion-sidecar">';
	post_state( $shown );
	if ( '' !== $shown['error'] ) {
		echo '<p class="notion-sidecar-error">' . esc_html( $shown['error'] ) . '</p>';
	}
	printf( '<p><a href="%s" target="_blank" rel="noopener noreferrer">%s</a></p>', esc_url( $shown['page_url'] ), esc_html__( 'Open in Notion', 'notion-sidecar' ) );
	if ( $shown['warnings'] ) {
		echo '<ul class="ul-disc">';
		foreach ( $shown['warnings'] as $warning ) {
			echo '<li>' . esc_html( $warning['message'] ) . '</li>';
		}
		echo '</ul>';
	}
	if ( may_sync_post( $post->ID ) ) {
		printf( '<p><a class="button" href="%s" data-post="%d">%s</a></p>', esc_url( sync_link( $post->ID ) ), (int) $post->ID, esc_html__( 'Sync this page now', 'notion-sidecar' ) );
	}
	echo '</div>';
}
