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
 * @param string   $one    What stands for one of them.
 * @param string   $glue   What stands between two.
 * @return string Such as %s,%s,%s.
 */
function placeholders( $values, $one = '%s', $glue = ',' ) {
	return implode( $glue, array_fill( 0, count( $values ), $one ) );
}

/**
 * The posts that carry the markers of these Notion pages, trashed ones too, oldest first.
 *
 * They are left in the object cache, so that asking for their permissions and links costs no further query.
 *
 * @param string[] $page_ids Notion page ids.
 * @return array<string, array<int, object>> Page id to rows of the table of posts, by id.
 */
function posts_of_pages( $page_ids ) {
	global $wpdb;
	if ( ! $page_ids ) {
		return array();
	}
	$marks = placeholders( $page_ids );
	// phpcs:disable WordPress.DB.PreparedSQL,WordPress.DB.PreparedSQLPlaceholders,WordPress.DB.DirectDatabaseQuery -- $marks holds nothing but %s; what is read is not to be older than the lock.
	$rows = $wpdb->get_results(
		$wpdb->prepare(
			"SELECT m.meta_value AS page_id, p.*
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
		$page_id = $row->page_id;
		unset( $row->page_id );
		$found[ $page_id ][ (int) $row->ID ] = $row;
	}
	$posts = $found ? array_merge( ...array_values( $found ) ) : array();
	update_post_cache( $posts );
	return $found;
}

/**
 * The post to write to when a page has several: the oldest, but no trashed one while there is another.
 *
 * @param array<int, object> $rows Posts, oldest first.
 * @return object|null
 */
function post_to_write( $rows ) {
	foreach ( $rows as $row ) {
		if ( 'trash' !== $row->post_status ) {
			return $row;
		}
	}
	return $rows ? reset( $rows ) : null;
}

/**
 * The library items with these content hashes; of several the oldest.
 *
 * A file that came before this plugin has no hash, but the beginning of it in its name. Both are looked for by that.
 *
 * @param string[] $hashes SHA-256, hexadecimal, whole or at least the first twelve digits.
 * @return array<string, int> Hash, as it was given, to attachment id.
 */
function media_of_hashes( $hashes ) {
	$hashes = array_values( preg_grep( '/^[0-9a-f]{12,64}$/', $hashes ) );
	$found  = media_with_hashes( $hashes );
	return $found + media_with_names( array_values( array_diff( $hashes, array_map( 'strval', array_keys( $found ) ) ) ) );
}

/**
 * The library items with these ids, as far as they are there. No hash is as short as an id.
 *
 * @param string[] $ids Attachment ids, among other words.
 * @return array<string, int> Id, as it was given, to attachment id.
 */
function media_of_ids( $ids ) {
	$ids = array_values( preg_grep( '/^[1-9]\d{0,10}$/', $ids ) );
	_prime_post_caches( array_map( 'intval', $ids ), false, true );
	$found = array();
	foreach ( $ids as $id ) {
		if ( 'attachment' === get_post_type( (int) $id ) ) {
			$found[ $id ] = (int) $id;
		}
	}
	return $found;
}

/**
 * The library items whose hash was noted when they were uploaded. A picture that was edited in the library since has
 * other bytes, and a file name that ends in -e1700000000000.
 *
 * @param string[] $hashes SHA-256, hexadecimal, or its beginning.
 * @return array<string, int> Hash to attachment id.
 */
function media_with_hashes( $hashes ) {
	$likes = array_map(
		function ( $hash ) {
			return $hash . '%';
		},
		$hashes
	);
	$rows  = $hashes ? files_where( placeholders( $likes, 'h.meta_value LIKE %s', ' OR ' ), $likes ) : array();
	$rows  = array_filter(
		$rows,
		function ( $row ) {
			return ! preg_match( '/-e\d{10,}\.\w+$/', $row->file );
		}
	);
	return first_that_begins( $hashes, wp_list_pluck( $rows, 'hash', 'ID' ) );
}

/**
 * The library items without a noted hash whose file name the sidecar made: boats-0123456789ab.jpg, perhaps with a number
 * of WordPress's against a double, or scaled down.
 *
 * @param string[] $hashes SHA-256, hexadecimal, or its beginning.
 * @return array<string, int> Hash to attachment id.
 */
function media_with_names( $hashes ) {
	$likes = array_map(
		function ( $hash ) {
			return '%-' . substr( $hash, 0, 12 ) . '%';
		},
		$hashes
	);
	$where = 'h.meta_value IS NULL AND (' . placeholders( $likes, 'f.meta_value LIKE %s', ' OR ' ) . ')';
	$begin = array();
	foreach ( $likes ? files_where( $where, $likes ) : array() as $row ) {
		if ( preg_match( '/-([0-9a-f]{12})(-\d{1,4})?(-scaled|-rotated)?\.\w+$/', $row->file, $parts ) ) {
			$begin[ $row->ID ] = $parts[1];
		}
	}
	return first_that_begins( $hashes, $begin );
}

/**
 * For each hash the first item that has it, as far as both are known.
 *
 * @param string[]              $hashes Hashes, or their beginnings.
 * @param array<string, string> $items  Attachment ids, oldest first, to hashes or their beginnings.
 * @return array<string, int> Hash to attachment id.
 */
function first_that_begins( $hashes, $items ) {
	$found = array();
	foreach ( $hashes as $hash ) {
		foreach ( $items as $id => $known ) {
			$length = min( strlen( $hash ), strlen( $known ) );
			if ( ! isset( $found[ $hash ] ) && substr( $hash, 0, $length ) === substr( $known, 0, $length ) ) {
				$found[ $hash ] = (int) $id;
			}
		}
	}
	return $found;
}

/**
 * Library items with their files and noted hashes, oldest first.
 *
 * @param string   $where  A condition with placeholders on f.meta_value, the file, and h.meta_value, the hash or NULL.
 * @param string[] $values What stands for the placeholders.
 * @return object[] Rows with ID, file, hash.
 */
function files_where( $where, $values ) {
	global $wpdb;
	// phpcs:disable WordPress.DB.PreparedSQL,WordPress.DB.PreparedSQLPlaceholders,WordPress.DB.DirectDatabaseQuery -- $where holds nothing but placeholders.
	return $wpdb->get_results(
		$wpdb->prepare(
			"SELECT p.ID, f.meta_value AS file, h.meta_value AS hash
			   FROM {$wpdb->posts} p
			   JOIN {$wpdb->postmeta} f ON f.post_id = p.ID AND f.meta_key = '_wp_attached_file'
			   LEFT JOIN {$wpdb->postmeta} h ON h.post_id = p.ID AND h.meta_key = %s
			  WHERE p.post_type = 'attachment' AND $where
			  ORDER BY p.ID",
			array_merge( array( HASH_KEY ), $values )
		)
	);
	// phpcs:enable
}
