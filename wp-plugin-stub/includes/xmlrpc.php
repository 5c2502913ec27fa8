<?php
/**
 * The methods notion_sidecar.*: what stock XML-RPC cannot do. Each logs in as every authenticated WordPress method
 * does (blog id, user, password first), so that application passwords and every filter apply. How a post is written
 * is in upsert.php.
 *
 * @package NotionSidecar
 */

namespace NotionSidecar;

defined( 'ABSPATH' ) || exit;

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
 * Logs the caller in, as WordPress's own methods do.
 *
 * @param string $method The method that was called.
 * @param mixed  $args   The call's arguments: blog id, user, password, ...
 * @return \WP_User|\IXR_Error
 */
function xmlrpc_caller( $method, $args ) {
	global $wp_xmlrpc_server;
	if ( ! is_array( $args ) || ! isset( $args[1], $args[2] ) || ! is_string( $args[1] ) || ! is_string( $args[2] ) ) {
		return new \IXR_Error( 400, __( 'The arguments begin with blog id, user name and password.', 'notion-sidecar' ) );
	}
	// WordPress has always kept passwords with their quotes escaped.
	$user = $wp_xmlrpc_server->login( $wp_xmlrpc_server->escape( $args[1] ), $wp_xmlrpc_server->escape( $args[2] ) );
	if ( ! $user ) {
		return $wp_xmlrpc_server->error;
	}
	/** This action is documented in wp-includes/class-wp-xmlrpc-server.php */
	// phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals.NonPrefixedHooknameFound -- WordPress's own action.
	do_action( 'xmlrpc_call', $method, $args, $wp_xmlrpc_server );
	return $user;
}

/**
 * Whether the caller may edit posts of any type at all. Which ones, is asked for each post.
 *
 * @return bool
 */
function may_edit_posts() {
	foreach ( get_post_types( array( 'public' => true ), 'objects' ) as $type ) {
		if ( current_user_can( $type->cap->edit_posts ) ) {
			return true;
		}
	}
	return false;
}

/**
 * What is wrong with a caller who wants to read or write posts.
 *
 * @param \WP_User|\IXR_Error $user Who logged in.
 * @return \IXR_Error|null
 */
function not_an_author( $user ) {
	if ( $user instanceof \IXR_Error ) {
		return $user;
	}
	return may_edit_posts() ? null : new \IXR_Error( 401, __( 'Sorry, you are not allowed to edit posts on this site.', 'notion-sidecar' ) );
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
 * Method notion_sidecar.version: of the plugin and WordPress, the SEO plugin there is, whether WordPress takes markup
 * away from what the caller writes, and whether it takes AVIF; for those who may edit posts also of PHP, and the memory
 * that it may take.
 *
 * @param mixed $args Blog id, user, password.
 * @return array<string, string>|\IXR_Error
 */
function xmlrpc_version( $args ) {
	$user = xmlrpc_caller( 'notion_sidecar.version', $args );
	if ( $user instanceof \IXR_Error ) {
		return $user;
	}
	$told = array(
		'plugin'    => VERSION,
		'wordpress' => get_bloginfo( 'version' ),
		'seo'       => seo_plugin(),
		'filters'   => current_user_can( 'unfiltered_html' ) ? 'no' : 'yes',
		'avif'      => takes_avif() ? 'yes' : 'no',
	);
	return may_edit_posts() ? $told + array(
		'php'          => PHP_VERSION,
		'memory_limit' => (string) ini_get( 'memory_limit' ),
	) : $told;
}

/**
 * Method notion_sidecar.find: posts by page id, one query, trashed ones too; only those the caller may edit.
 *
 * @param mixed $args Blog id, user, password, page ids.
 * @return array<string, mixed>|\stdClass|\IXR_Error
 */
function xmlrpc_find( $args ) {
	$error = not_an_author( xmlrpc_caller( 'notion_sidecar.find', $args ) );
	$ids   = $error ? $error : xmlrpc_ids( isset( $args[3] ) ? $args[3] : null );
	if ( $ids instanceof \IXR_Error ) {
		return $ids;
	}
	$found = array();
	foreach ( posts_of_pages( $ids ) as $page_id => $rows ) {
		foreach ( $rows as $row ) {
			if ( current_user_can( 'edit_post', $row->ID ) ) {
				$found[ $page_id ][] = array(
					'post_id'      => (string) $row->ID,
					'post_status'  => $row->post_status,
					'post_type'    => $row->post_type,
					'modified_gmt' => $row->post_modified_gmt,
					'link'         => get_permalink( (int) $row->ID ),
				);
			}
		}
	}
	return xmlrpc_struct( $found );
}

/**
 * Method notion_sidecar.media_find: library items by content hash, or by their own ids: those that are there.
 *
 * @param mixed $args Blog id, user, password, hashes or ids.
 * @return array<string, mixed>|\stdClass|\IXR_Error
 */
function xmlrpc_media_find( $args ) {
	$user = xmlrpc_caller( 'notion_sidecar.media_find', $args );
	if ( $user instanceof \IXR_Error ) {
		return $user;
	}
	if ( ! current_user_can( 'upload_files' ) ) {
		return new \IXR_Error( 401, __( 'Sorry, you are not allowed to upload files.', 'notion-sidecar' ) );
	}
	$hashes = xmlrpc_ids( isset( $args[3] ) ? $args[3] : null );
	if ( $hashes instanceof \IXR_Error ) {
		return $hashes;
	}
	$found = array();
	foreach ( media_of_hashes( $hashes ) + media_of_ids( $hashes ) as $asked => $id ) {
		$found[ $asked ] = media_struct( $id );
	}
	return xmlrpc_struct( $found );
}

/**
 * A library item as wp.getMediaItem tells of it, in short.
 *
 * @param int $id The item.
 * @return array<string, mixed>
 */
function media_struct( $id ) {
	$metadata = wp_get_attachment_metadata( $id );
	return array(
		'attachment_id' => (string) $id,
		'url'           => wp_get_attachment_url( $id ),
		'type'          => (string) get_post_mime_type( $id ),
		'metadata'      => array(
			'width'  => isset( $metadata['width'] ) ? (int) $metadata['width'] : 0,
			'height' => isset( $metadata['height'] ) ? (int) $metadata['height'] : 0,
		),
	);
}
