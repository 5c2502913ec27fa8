<?php
/**
 * What is known here of a post that comes from Notion: its page, its last sync, how that ended, edits made since.
 *
 * Kept in protected fields of the post, so that screens need no remote call. Nobody is asked and nothing is printed.
 *
 * @package NotionSidecar
 */

namespace NotionSidecar;

defined( 'ABSPATH' ) || exit;

const SYNCED_KEY  = '_notion_last_sync';
const WRITTEN_KEY = '_notion_written';
const EDITED_KEY  = '_notion_edited_here';
const OUTCOME_KEY = '_notion_outcome';
const STATUS_KEY  = '_notion_status';
const AGENT       = 'notion-wordpress-sidecar';

/**
 * The fields of a post that are this file's.
 *
 * @return string[]
 */
function post_keys() {
	return array( SYNCED_KEY, WRITTEN_KEY, EDITED_KEY, OUTCOME_KEY, STATUS_KEY );
}

/**
 * The Notion page of a post; empty for a post that does not come from Notion.
 *
 * @param int $post_id The post.
 * @return string
 */
function page_of_post( $post_id ) {
	foreach ( array( PAGE_KEY, OLD_PAGE_KEY ) as $key ) {
		$value = get_post_meta( $post_id, $key, true );
		if ( is_string( $value ) && preg_match( '/^[0-9a-f-]{32,36}$/', $value ) ) {
			return $value;
		}
	}
	return '';
}

/**
 * Where a page is in Notion.
 *
 * @param string $page_id The page.
 * @return string
 */
function page_url( $page_id ) {
	return 'https://www.notion.so/' . str_replace( '-', '', $page_id );
}

// --- what is remembered -----------------------------------------------------------------------------------

/**
 * Whether this request is the sidecar's: it names itself, and comes in by a door for programs.
 *
 * @return bool
 */
function is_sidecar() {
	$agent = isset( $_SERVER['HTTP_USER_AGENT'] ) ? sanitize_text_field( wp_unslash( $_SERVER['HTTP_USER_AGENT'] ) ) : '';
	$door  = ( defined( 'XMLRPC_REQUEST' ) && XMLRPC_REQUEST ) || ( defined( 'REST_REQUEST' ) && REST_REQUEST );
	return $door && false !== strpos( $agent, AGENT );
}

/**
 * What the sidecar writes into every post: two saves of the same are no edit.
 *
 * @param \WP_Post $post The post.
 * @return string
 */
function written( $post ) {
	return md5( $post->post_title . "\n" . $post->post_content );
}

/**
 * Notes who wrote a post last: the sidecar, or somebody here.
 *
 * @param int      $post_id The post.
 * @param \WP_Post $post    The post as it is now.
 */
function remember_write( $post_id, $post ) {
	if ( wp_is_post_revision( $post_id ) || wp_is_post_autosave( $post_id ) || '' === page_of_post( $post_id ) ) {
		return;
	}
	if ( is_sidecar() ) {
		update_post_meta( $post_id, SYNCED_KEY, time() );
		update_post_meta( $post_id, WRITTEN_KEY, written( $post ) );
		delete_post_meta( $post_id, EDITED_KEY );
		return;
	}
	$before = get_post_meta( $post_id, WRITTEN_KEY, true );
	if ( $before && written( $post ) !== $before ) {
		update_post_meta( $post_id, EDITED_KEY, 1 );
	} else {
		delete_post_meta( $post_id, EDITED_KEY );
	}
}

/**
 * Notes on each post how the last sync of its page ended.
 *
 * @param array<int, array<string, mixed>> $jobs As shown_job() gives them, newest first.
 */
function remember_jobs( $jobs ) {
	$newest = array();
	foreach ( $jobs as $job ) {
		foreach ( $job['pages'] as $page ) {
			if ( ! in_array( $page['status'], array( 'Pending', 'Skipped' ), true ) ) {
				$newest += array( $page['page_id'] => array_merge( $page, array( 'at' => $job['ended'] ? $job['ended'] : $job['began'] ) ) );
			}
		}
	}
	foreach ( array_chunk( array_keys( $newest ), MOST_IDS ) as $page_ids ) {
		foreach ( posts_of_pages( $page_ids ) as $page_id => $rows ) {
			remember_outcome( (int) array_key_first( $rows ), $newest[ $page_id ] );
		}
	}
}

/**
 * Notes how the last sync of a post's page ended, unless something newer is known.
 *
 * @param int                  $post_id The post.
 * @param array<string, mixed> $page    The outcome, with the time.
 */
function remember_outcome( $post_id, $page ) {
	$known = outcome_of_post( $post_id );
	if ( $known['at'] > $page['at'] ) {
		return;
	}
	$kept = array_intersect_key( $page, $known );
	if ( $kept !== $known ) {
		update_post_meta( $post_id, OUTCOME_KEY, wp_slash( wp_json_encode( $kept ) ) );
		update_post_meta( $post_id, STATUS_KEY, 'Success' === $page['status'] && $page['warnings'] ? 'Notes' : $page['status'] );
	}
	if ( 'Success' === $page['status'] && $page['at'] > (int) get_post_meta( $post_id, SYNCED_KEY, true ) ) {
		update_post_meta( $post_id, SYNCED_KEY, $page['at'] );
	}
}

/**
 * How the last sync of a post's page ended, as far as it is known here.
 *
 * @param int $post_id The post.
 * @return array{status: string, error: string, warnings: array<int, array<string, string>>, at: int}
 */
function outcome_of_post( $post_id ) {
	$nothing = array(
		'status'   => '',
		'error'    => '',
		'warnings' => array(),
		'at'       => 0,
	);
	$known   = json_decode( (string) get_post_meta( $post_id, OUTCOME_KEY, true ), true );
	return is_array( $known ) ? array_merge( $nothing, array_intersect_key( $known, $nothing ) ) : $nothing;
}

// --- what is shown ----------------------------------------------------------------------------------------

/**
 * The words for the states of a post, worst first; the filter of the list offers them.
 *
 * @return array<string, string>
 */
function state_words() {
	return array(
		'Failed'   => __( 'Failed', 'notion-sidecar' ),
		'Conflict' => __( 'Edited on both sides', 'notion-sidecar' ),
		'Deferred' => __( 'Will be tried again', 'notion-sidecar' ),
		'Edited'   => __( 'Edited here since', 'notion-sidecar' ),
		'Notes'    => __( 'Up to date, with notes', 'notion-sidecar' ),
		'Success'  => __( 'Up to date', 'notion-sidecar' ),
	);
}

/**
 * How a post stands.
 *
 * @param int $post_id The post.
 * @return string A key of state_words(), or empty when nothing is known.
 */
function state_of_post( $post_id ) {
	$status = (string) get_post_meta( $post_id, STATUS_KEY, true );
	if ( in_array( $status, array( 'Failed', 'Conflict', 'Deferred' ), true ) ) {
		return $status;
	}
	if ( get_post_meta( $post_id, EDITED_KEY, true ) ) {
		return 'Edited';
	}
	return $status ? $status : ( get_post_meta( $post_id, SYNCED_KEY, true ) ? 'Success' : '' );
}

/**
 * How a state looks: a class of our style sheet.
 *
 * @param string $state A key of state_words(), or empty.
 * @return string
 */
function tone_of_state( $state ) {
	$tones = array(
		'Failed'   => 'bad',
		'Conflict' => 'warn',
		'Deferred' => 'warn',
		'Edited'   => 'warn',
		'Notes'    => 'good',
		'Success'  => 'good',
	);
	return isset( $tones[ $state ] ) ? $tones[ $state ] : 'idle';
}

/**
 * All that the screens show of a post, as plain text: whoever prints it escapes it.
 *
 * @param int $post_id The post.
 * @return array<string, mixed>|null Nothing for a post that does not come from Notion.
 */
function shown_post( $post_id ) {
	$page_id = page_of_post( $post_id );
	if ( '' === $page_id ) {
		return null;
	}
	$outcome = outcome_of_post( $post_id );
	$state   = state_of_post( $post_id );
	$words   = state_words();
	return array(
		'id'       => $post_id,
		'page_url' => page_url( $page_id ),
		'synced'   => when( (int) get_post_meta( $post_id, SYNCED_KEY, true ) ),
		'state'    => $state,
		'tone'     => tone_of_state( $state ),
		'words'    => isset( $words[ $state ] ) ? $words[ $state ] : __( 'Not known yet', 'notion-sidecar' ),
		'error'    => $outcome['error'],
		'warnings' => $outcome['warnings'],
	);
}

/**
 * A time in words: how long ago within a day, the date otherwise.
 *
 * @param int $time Seconds since the epoch; 0 for never.
 * @return string
 */
function when( $time ) {
	if ( ! $time ) {
		return '';
	}
	if ( abs( time() - $time ) < DAY_IN_SECONDS ) {
		/* translators: %s: a length of time, such as 5 mins. */
		return sprintf( __( '%s ago', 'notion-sidecar' ), human_time_diff( $time ) );
	}
	return (string) wp_date( get_option( 'date_format' ) . ' ' . get_option( 'time_format' ), $time );
}
