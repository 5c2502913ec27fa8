<?php
/**
 * When the plugin is deleted: removes what it stored, on every site of a network. Posts and media stay.
 *
 * The marker of each post goes back to the field that the sidecar uses without the plugin: the posts stay known to it.
 *
 * @package NotionSidecar
 */

namespace NotionSidecar;

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

require_once __DIR__ . '/includes/meta.php';

/**
 * Removes what was stored on this site.
 */
function uninstall_site() {
	global $wpdb;
	delete_option( 'notion_sidecar' );
	// phpcs:disable WordPress.DB.DirectDatabaseQuery -- there is no function that deletes options by the beginning of their names.
	$names = array( 'notion_sidecar_lock_', '_transient_notion_sidecar_', '_transient_timeout_notion_sidecar_' );
	foreach ( $names as $name ) {
		$wpdb->query( $wpdb->prepare( "DELETE FROM {$wpdb->options} WHERE option_name LIKE %s", $wpdb->esc_like( $name ) . '%' ) );
	}
	foreach ( array( '_notion_last_sync', '_notion_written', '_notion_edited_here', '_notion_outcome', '_notion_status', '_notion_sha256' ) as $key ) {
		delete_post_meta_by_key( $key );
	}
	// phpcs:enable
	copy_markers( '_notion_page_id', 'notion_page_id' );
	delete_post_meta_by_key( '_notion_page_id' );
	wp_cache_flush();
}

/**
 * Removes what was stored on every site of this network, or on the one there is.
 */
function uninstall() {
	if ( ! is_multisite() ) {
		uninstall_site();
		return;
	}
	foreach ( get_sites( array( 'fields' => 'ids', 'number' => 0 ) ) as $site ) { // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		switch_to_blog( $site );
		uninstall_site();
		restore_current_blog();
	}
}

uninstall();
