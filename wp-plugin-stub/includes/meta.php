<?php
/**
 * The protected fields that stock XML-RPC and REST may write once they are registered. Nothing is read or shown here.
 *
 * @package NotionSidecar
 */

namespace NotionSidecar;

defined( 'ABSPATH' ) || exit;

/**
 * Whether a user may write one of our fields: whoever may edit the post it belongs to.
 *
 * @param bool   $allowed What WordPress thinks so far.
 * @param string $key     The field.
 * @param int    $post_id The post.
 * @param int    $user_id The user.
 * @return bool
 */
function may_write_field( $allowed, $key, $post_id, $user_id ) {
	return user_can( $user_id, 'edit_post', $post_id );
}

/**
 * Registers the marker for every public post type, and what XML-RPC cannot set on a library item.
 */
function register_fields() {
	$text = array(
		'type'          => 'string',
		'single'        => true,
		'auth_callback' => __NAMESPACE__ . '\may_write_field',
	);
	foreach ( get_post_types( array( 'public' => true ) ) as $type ) {
		if ( 'attachment' !== $type ) {
			register_post_meta( $type, PAGE_KEY, $text );
		}
	}
	register_post_meta( 'attachment', '_wp_attachment_image_alt', $text );
	register_post_meta( 'attachment', HASH_KEY, $text );
}
