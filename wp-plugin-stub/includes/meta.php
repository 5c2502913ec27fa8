<?php
/**
 * The protected fields that stock XML-RPC, REST and the editor may write once they are registered, and how the marker
 * of a post comes and goes with this plugin. No post is looked for here.
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
 * How REST shows a field of ours: to those who may edit the post, and not to readers.
 *
 * @return array<string, mixed>
 */
function editors_only() {
	return array( 'schema' => array( 'context' => array( 'edit' ) ) );
}

/**
 * Registers the marker for every public post type, and what XML-RPC cannot set on a library item.
 */
function register_fields() {
	$text = array(
		'type'              => 'string',
		'single'            => true,
		'sanitize_callback' => 'sanitize_text_field',
		'auth_callback'     => __NAMESPACE__ . '\may_write_field',
	);
	foreach ( get_post_types( array( 'public' => true ) ) as $type ) {
		if ( 'attachment' !== $type ) {
			register_post_meta( $type, PAGE_KEY, array( 'show_in_rest' => editors_only() ) + $text );
			register_seo_fields( $type );
		}
	}
	register_post_meta( 'attachment', '_wp_attachment_image_alt', $text );
	register_post_meta( 'attachment', HASH_KEY, $text );
}

/**
 * Notes the hash of a file that the sidecar has uploaded, which is known by the beginning of the hash in its name.
 *
 * @param int   $media_id The library item.
 * @param mixed $args     The call's arguments: blog id, user, password, file.
 */
function note_hash( $media_id, $args ) {
	if ( ! isset( $args[3]['name'], $args[3]['bits'] ) || ! is_string( $args[3]['bits'] ) ) {
		return;
	}
	$hash = hash( 'sha256', $args[3]['bits'] );
	if ( false !== strpos( (string) $args[3]['name'], '-' . substr( $hash, 0, 12 ) . '.' ) ) {
		update_post_meta( $media_id, HASH_KEY, $hash );
	}
}

/**
 * When the plugin comes: posts made without it get the protected marker, which no editor sees.
 *
 * @param bool $network_wide Whether it comes to every site of a network.
 */
function protect_markers( $network_wide = false ) {
	on_sites(
		$network_wide,
		function () {
			copy_markers( OLD_PAGE_KEY, PAGE_KEY );
			copy_content_markers();
		}
	);
}

/**
 * When it goes: posts made with it get the marker that the sidecar can see without it.
 *
 * @param bool $network_wide Whether it goes from every site of a network.
 */
function expose_markers( $network_wide = false ) {
	on_sites(
		$network_wide,
		function () {
			copy_markers( PAGE_KEY, OLD_PAGE_KEY );
		}
	);
}

/**
 * Does something on this site, or on all sites of a network.
 *
 * @param bool     $network_wide Whether on all.
 * @param callable $act          What is done.
 */
function on_sites( $network_wide, $act ) {
	$query = array(
		'fields' => 'ids',
		'number' => 0,
	);
	foreach ( $network_wide && is_multisite() ? get_sites( $query ) : array( get_current_blog_id() ) as $site ) {
		if ( is_multisite() ) {
			switch_to_blog( $site );
		}
		$act();
		if ( is_multisite() ) {
			restore_current_blog();
		}
	}
}

/**
 * Gives the protected marker to posts that were made over REST without this plugin: they carry theirs in a block.
 */
function copy_content_markers() {
	global $wpdb;
	$last = 0;
	do {
		// phpcs:ignore WordPress.DB.DirectDatabaseQuery -- once, when the plugin comes; a few posts at a time, for their texts are long.
		$posts = $wpdb->get_results(
			$wpdb->prepare(
				"SELECT p.ID, p.post_content
				   FROM {$wpdb->posts} p LEFT JOIN {$wpdb->postmeta} m ON m.post_id = p.ID AND m.meta_key = %s
				  WHERE p.ID > %d AND m.meta_id IS NULL AND p.post_content LIKE %s
				    AND p.post_status NOT IN ('auto-draft', 'inherit') AND p.post_type <> 'revision'
				  ORDER BY p.ID LIMIT 100",
				PAGE_KEY,
				$last,
				'%' . $wpdb->esc_like( '"notionPageId":"' ) . '%'
			)
		);
		foreach ( $posts as $post ) {
			$last = (int) $post->ID;
			if ( preg_match( '/<!-- wp:[^>]*"notionPageId":"([0-9a-f-]{32,36})"/', $post->post_content, $found ) ) {
				update_post_meta( $last, PAGE_KEY, $found[1] );
			}
		}
	} while ( $posts );
}

/**
 * Gives a field with the same value to every post that has one and not the other, in one statement.
 *
 * @param string $from The field that is there.
 * @param string $to   The field that may be missing.
 */
function copy_markers( $from, $to ) {
	global $wpdb;
	// phpcs:ignore WordPress.DB.DirectDatabaseQuery -- there may be thousands of posts.
	$wpdb->query(
		$wpdb->prepare(
			"INSERT INTO {$wpdb->postmeta} (post_id, meta_key, meta_value)
			 SELECT a.post_id, %s, MIN(a.meta_value)
			   FROM {$wpdb->postmeta} a LEFT JOIN {$wpdb->postmeta} b ON b.post_id = a.post_id AND b.meta_key = %s
			  WHERE a.meta_key = %s AND b.meta_id IS NULL AND LENGTH(a.meta_value) IN (32, 36)
			  GROUP BY a.post_id",
			$to,
			$to,
			$from
		)
	);
	wp_cache_flush();
}
