<?php
/**
 * Posts by Notion page and library items by content hash, each in one query. Nothing is written here.
 *
 * @package NotionSidecar
 */

namespace NotionSidecar;

defined( 'ABSPATH' ) || exit;

const MOST_IDS = 200;

/**
 * Placeholders for a list of strings in a prepared query.
 *
 * @param string[] $values The strings.
 * @return string Such as %s,%s,%s.
 */
function placeholders( $values ) {
	return implode( ',', array_fill( 0, count( $values ), '%s' ) );
}

/**
 * The posts that carry the markers of these Notion pages, trashed ones too, oldest first.
 *
 * @param string[] $page_ids Notion page ids.
 * @return array<string, array<int, object>> Page id to rows with ID, post_status, post_modified_gmt.
 */
function posts_of_pages( $page_ids ) {
	global $wpdb;
	if ( ! $page_ids ) {
		return array();
	}
	$marks = placeholders( $page_ids );
	// phpcs:disable WordPress.DB.PreparedSQL.InterpolatedNotPrepared,WordPress.DB.PreparedSQLPlaceholders -- $marks holds nothing but %s.
	$rows = $wpdb->get_results(
		$wpdb->prepare(
			"SELECT m.meta_value AS page_id, p.ID, p.post_status, p.post_modified_gmt
			   FROM {$wpdb->postmeta} m JOIN {$wpdb->posts} p ON p.ID = m.post_id
			  WHERE m.meta_key IN (%s, %s) AND m.meta_value IN ($marks)
			    AND p.post_status NOT IN ('auto-draft', 'inherit') AND p.post_type <> 'revision'
			  ORDER BY p.ID",
			array_merge( array( PAGE_KEY, OLD_PAGE_KEY ), $page_ids )
		)
	);
	// phpcs:enable
	$found = array();
	foreach ( $rows as $row ) {
		$found[ $row->page_id ][ (int) $row->ID ] = $row;
	}
	return array_map( 'array_values', $found );
}

/**
 * The library items with these content hashes, oldest first wins.
 *
 * @param string[] $hashes SHA-256, hexadecimal.
 * @return array<string, int> Hash to attachment id.
 */
function media_of_hashes( $hashes ) {
	global $wpdb;
	if ( ! $hashes ) {
		return array();
	}
	$marks = placeholders( $hashes );
	// phpcs:disable WordPress.DB.PreparedSQL.InterpolatedNotPrepared,WordPress.DB.PreparedSQLPlaceholders -- $marks holds nothing but %s.
	$rows = $wpdb->get_results(
		$wpdb->prepare(
			"SELECT m.meta_value AS hash, MIN(p.ID) AS id
			   FROM {$wpdb->postmeta} m JOIN {$wpdb->posts} p ON p.ID = m.post_id AND p.post_type = 'attachment'
			  WHERE m.meta_key = %s AND m.meta_value IN ($marks)
			  GROUP BY m.meta_value",
			array_merge( array( HASH_KEY ), $hashes )
		)
	);
	// phpcs:enable
	return array_map( 'intval', wp_list_pluck( $rows, 'id', 'hash' ) );
}
