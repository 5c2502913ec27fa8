<?php
/**
 * Method notion_sidecar.upsert: one post per page, however many callers. What is written, WordPress's own methods write.
 *
 * @package NotionSidecar
 */

namespace NotionSidecar;

defined( 'ABSPATH' ) || exit;

/**
 * Creates or updates the post of a page under a lock.
 *
 * @param mixed $args Blog id, user, password, page id, content as in wp.newPost.
 * @return array<string, mixed>|\IXR_Error
 */
function xmlrpc_upsert( $args ) {
	$user  = xmlrpc_caller( 'notion_sidecar.upsert', $args );
	$error = not_an_author( $user );
	if ( $error ) {
		return $error;
	}
	$page_id = isset( $args[3] ) && is_string( $args[3] ) ? $args[3] : '';
	if ( ! preg_match( '/^[0-9a-f-]{32,36}$/', $page_id ) || ! isset( $args[4] ) || ! is_array( $args[4] ) ) {
		return new \IXR_Error( 400, __( 'A Notion page id and the content of a post are needed.', 'notion-sidecar' ) );
	}
	$done = locked(
		'page ' . $page_id,
		function () use ( $args, $user, $page_id ) {
			return write_post_of_page( $args, $user, $page_id );
		}
	);
	return $done ? $done : new \IXR_Error( 409, __( 'This page is being written by another call. Try again in a moment.', 'notion-sidecar' ) );
}

/**
 * Writes to the post that a page has, or makes it.
 *
 * @param array    $args    The call's arguments.
 * @param \WP_User $user    Who calls.
 * @param string   $page_id The Notion page.
 * @return array<string, mixed>|\IXR_Error
 */
function write_post_of_page( $args, $user, $page_id ) {
	$posts   = posts_of_pages( array( $page_id ) );
	$post    = post_to_write( isset( $posts[ $page_id ] ) ? $posts[ $page_id ] : array() );
	$content = with_marker( $args[4], $page_id );
	$written = $post
		? call_as( $user, $args, 'wp_editPost', array( (int) $post->ID, for_post( $content, (int) $post->ID ) ) )
		: call_as( $user, $args, 'wp_newPost', array( $content ) );
	return $written instanceof \IXR_Error ? $written : array(
		'post_id' => (string) ( $post ? $post->ID : $written ),
		'created' => ! $post,
	);
}

/**
 * Calls a method of WordPress's own for somebody who has just logged in with the same words. Passwords are slow to
 * check, so this is not done a second time; whatever else a site asks of those who log in is asked again.
 *
 * @param \WP_User $user   Who has logged in.
 * @param array    $args   The arguments of the outer call.
 * @param string   $method The method.
 * @param array    $more   What follows blog id, user and password.
 * @return mixed
 */
function call_as( $user, $args, $method, $more ) {
	global $wp_xmlrpc_server;
	$words = array( sanitize_user( wp_slash( $args[1] ) ), trim( wp_slash( $args[2] ) ) );
	$known = function ( $found, $name, $password ) use ( $user, $words ) {
		return array( $name, $password ) === $words ? $user : $found;
	};
	add_filter( 'authenticate', $known, 1, 3 );
	try {
		return $wp_xmlrpc_server->$method( array_merge( array( $args[0], $args[1], $args[2] ), $more ) );
	} finally {
		remove_filter( 'authenticate', $known, 1 );
	}
}

/**
 * The content with the marker among its custom fields.
 *
 * @param array  $content As in wp.newPost.
 * @param string $page_id The Notion page.
 * @return array
 */
function with_marker( $content, $page_id ) {
	$fields                   = isset( $content['custom_fields'] ) && is_array( $content['custom_fields'] ) ? $content['custom_fields'] : array();
	$fields[]                 = array(
		'key'   => PAGE_KEY,
		'value' => $page_id,
	);
	$content['custom_fields'] = $fields;
	return $content;
}

/**
 * The content as it is written over a post: of the type that this has, and with the ids of the custom fields that are
 * there, for WordPress adds a field that comes without one a second time.
 *
 * @param array $content As in wp.newPost.
 * @param int   $post_id The post.
 * @return array
 */
function for_post( $content, $post_id ) {
	unset( $content['post_type'] );
	$ids = array_column( array_reverse( (array) has_meta( $post_id ) ), 'meta_id', 'meta_key' );
	foreach ( $content['custom_fields'] as $number => $field ) {
		if ( is_array( $field ) && ! isset( $field['id'] ) && isset( $field['key'], $ids[ $field['key'] ] ) ) {
			$content['custom_fields'][ $number ]['id'] = $ids[ $field['key'] ];
		}
	}
	return $content;
}
