<?php
/**
 * The methods notion_sidecar.*: what stock XML-RPC cannot do. Each logs in as every authenticated WordPress method
 * does (blog id, user, password first), so that application passwords and every filter apply.
 *
 * @package NotionSidecar
 */

namespace NotionSidecar;

defined( 'ABSPATH' ) || exit;

const LOCK_SECONDS = 120;

/**
 * Adds our methods to WordPress's own.
 *
 * @param array<string, callable|string> $methods The methods so far.
 * @return array<string, callable|string>
 */
function xmlrpc_methods( $methods ) {
	$methods['notion_sidecar.version']    = __NAMESPACE__ . '\xmlrpc_version';
	$methods['notion_sidecar.find']       = __NAMESPACE__ . '\xmlrpc_find';
	$methods['notion_sidecar.upsert']     = __NAMESPACE__ . '\xmlrpc_upsert';
	$methods['notion_sidecar.media_find'] = __NAMESPACE__ . '\xmlrpc_media_find';
	return $methods;
}

/**
 * Logs the caller in and asks for a capability.
 *
 * @param mixed  $args       The call's arguments: blog id, user, password, ...
 * @param string $capability What the user must be allowed to do.
 * @return \WP_User|\IXR_Error
 */
function xmlrpc_caller( $args, $capability ) {
	global $wp_xmlrpc_server;
	if ( ! is_array( $args ) || count( $args ) < 3 ) {
		return new \IXR_Error( 400, __( 'The arguments begin with blog id, user name and password.', 'notion-sidecar' ) );
	}
	$user = $wp_xmlrpc_server->login( $args[1], $args[2] );
	if ( ! $user ) {
		return $wp_xmlrpc_server->error;
	}
	if ( ! user_can( $user, $capability ) ) {
		return new \IXR_Error( 401, __( 'Sorry, you are not allowed to edit posts on this site.', 'notion-sidecar' ) );
	}
	return $user;
}

/**
 * A list of ids out of an argument.
 *
 * @param mixed $value The argument.
 * @return string[]|\IXR_Error
 */
function xmlrpc_ids( $value ) {
	if ( ! is_array( $value ) || count( $value ) > MOST_IDS ) {
		/* translators: %d: a number. */
		return new \IXR_Error( 400, sprintf( __( 'An array of at most %d ids is needed.', 'notion-sidecar' ), MOST_IDS ) );
	}
	return array_values( array_unique( array_map( 'strval', array_filter( $value, 'is_scalar' ) ) ) );
}

/**
 * An array as an XML-RPC struct: WordPress would send an empty one as an array.
 *
 * @param array<string, mixed> $map The members.
 * @return array<string, mixed>|\stdClass
 */
function xmlrpc_struct( $map ) {
	return $map ? $map : new \stdClass();
}

/**
 * Method notion_sidecar.version: plugin, WordPress and PHP. Needs no login and tells nothing that a feed does not.
 *
 * @return array<string, string>
 */
function xmlrpc_version() {
	return array(
		'plugin'    => VERSION,
		'wordpress' => get_bloginfo( 'version' ),
	);
}

/**
 * Method notion_sidecar.find: posts by page id, one query, trashed ones too; only those the caller may edit.
 *
 * @param mixed $args Blog id, user, password, page ids.
 * @return array<string, mixed>|\stdClass|\IXR_Error
 */
function xmlrpc_find( $args ) {
	$user = xmlrpc_caller( $args, 'edit_posts' );
	$ids  = $user instanceof \IXR_Error ? $user : xmlrpc_ids( isset( $args[3] ) ? $args[3] : null );
	if ( $ids instanceof \IXR_Error ) {
		return $ids;
	}
	$found = array();
	foreach ( posts_of_pages( $ids ) as $page_id => $rows ) {
		foreach ( $rows as $row ) {
			if ( user_can( $user, 'edit_post', $row->ID ) ) {
				$found[ $page_id ][] = array(
					'post_id'      => (string) $row->ID,
					'post_status'  => $row->post_status,
					'modified_gmt' => $row->post_modified_gmt,
					'link'         => get_permalink( $row->ID ),
				);
			}
		}
	}
	return xmlrpc_struct( $found );
}

/**
 * Method notion_sidecar.media_find: library items by content hash, one query.
 *
 * @param mixed $args Blog id, user, password, hashes.
 * @return array<string, mixed>|\stdClass|\IXR_Error
 */
function xmlrpc_media_find( $args ) {
	$user   = xmlrpc_caller( $args, 'upload_files' );
	$hashes = $user instanceof \IXR_Error ? $user : xmlrpc_ids( isset( $args[3] ) ? $args[3] : null );
	if ( $hashes instanceof \IXR_Error ) {
		return $hashes;
	}
	$found = array();
	foreach ( media_of_hashes( $hashes ) as $hash => $id ) {
		$found[ $hash ] = array(
			'attachment_id' => (string) $id,
			'url'           => wp_get_attachment_url( $id ),
		);
	}
	return xmlrpc_struct( $found );
}

/**
 * Method notion_sidecar.upsert: one post per page, however many callers. Creates or updates under a lock.
 *
 * @param mixed $args Blog id, user, password, page id, content as in wp.newPost.
 * @return array<string, mixed>|\IXR_Error
 */
function xmlrpc_upsert( $args ) {
	global $wp_xmlrpc_server;
	$unslashed = $args;
	$user      = xmlrpc_caller( $args, 'edit_posts' );
	if ( $user instanceof \IXR_Error ) {
		return $user;
	}
	$page_id = isset( $args[3] ) && is_string( $args[3] ) ? $args[3] : '';
	if ( ! preg_match( '/^[0-9a-f-]{32,36}$/', $page_id ) || ! isset( $args[4] ) || ! is_array( $args[4] ) ) {
		return new \IXR_Error( 400, __( 'A Notion page id and the content of a post are needed.', 'notion-sidecar' ) );
	}
	if ( ! lock( $page_id ) ) {
		return new \IXR_Error( 409, __( 'This page is being written by another call. Try again in a moment.', 'notion-sidecar' ) );
	}
	try {
		$posts = posts_of_pages( array( $page_id ) );
		return isset( $posts[ $page_id ] )
			? update_post_of_page( $unslashed, (int) $posts[ $page_id ][0]->ID )
			: create_post_of_page( $unslashed, $page_id );
	} finally {
		unlock( $page_id );
	}
}

/**
 * Edits the post that a page has, by WordPress's own method.
 *
 * @param array $args    The call's arguments.
 * @param int   $post_id The post.
 * @return array<string, mixed>|\IXR_Error
 */
function update_post_of_page( $args, $post_id ) {
	global $wp_xmlrpc_server;
	unset( $args[4]['custom_fields'] );
	$done = $wp_xmlrpc_server->wp_editPost( array( $args[0], $args[1], $args[2], $post_id, $args[4] ) );
	return $done instanceof \IXR_Error ? $done : array(
		'post_id' => (string) $post_id,
		'created' => false,
	);
}

/**
 * Makes the post of a page, by WordPress's own method, with the marker on it.
 *
 * @param array  $args    The call's arguments.
 * @param string $page_id The Notion page.
 * @return array<string, mixed>|\IXR_Error
 */
function create_post_of_page( $args, $page_id ) {
	global $wp_xmlrpc_server;
	$content                    = $args[4];
	$fields                     = isset( $content['custom_fields'] ) && is_array( $content['custom_fields'] ) ? $content['custom_fields'] : array();
	$content['custom_fields']   = $fields;
	$content['custom_fields'][] = array(
		'key'   => PAGE_KEY,
		'value' => $page_id,
	);
	$post_id                    = $wp_xmlrpc_server->wp_newPost( array( $args[0], $args[1], $args[2], $content ) );
	return $post_id instanceof \IXR_Error ? $post_id : array(
		'post_id' => (string) $post_id,
		'created' => true,
	);
}

/**
 * Takes the lock of a page. The unique index on option_name lets one caller through; add_option would update instead.
 *
 * @param string $page_id The Notion page.
 * @return bool
 */
function lock( $page_id ) {
	global $wpdb;
	$name = 'notion_sidecar_lock_' . md5( $page_id );
	// phpcs:disable WordPress.DB.DirectDatabaseQuery -- the options API has no insert-if-absent.
	$wpdb->query( $wpdb->prepare( "DELETE FROM {$wpdb->options} WHERE option_name = %s AND option_value < %d", $name, time() - LOCK_SECONDS ) );
	return 1 === $wpdb->query( $wpdb->prepare( "INSERT IGNORE INTO {$wpdb->options} (option_name, option_value, autoload) VALUES (%s, %d, 'no')", $name, time() ) );
	// phpcs:enable
}

/**
 * Gives the lock of a page back.
 *
 * @param string $page_id The Notion page.
 */
function unlock( $page_id ) {
	global $wpdb;
	// phpcs:ignore WordPress.DB.DirectDatabaseQuery -- it was made by a direct query.
	$wpdb->delete( $wpdb->options, array( 'option_name' => 'notion_sidecar_lock_' . md5( $page_id ) ) );
}
