<?php
/**
 * The sidecar's jobs as this plugin passes them on: known keys, plain text, links that lead to the web.
 *
 * Whatever the sidecar sends is a stranger's text. It is put in shape here and escaped where it is shown.
 *
 * @package NotionSidecar
 */

namespace NotionSidecar;

defined( 'ABSPATH' ) || exit;

const MOST_JOBS  = 20;
const MOST_PAGES = 200;
const MOST_NOTES = 50;

/**
 * The last jobs, newest first; what they did is noted on the posts.
 *
 * @param bool $is_asked Somebody pressed something: then the sidecar is asked also if it was down a moment ago.
 * @return array<int, array<string, mixed>>|\WP_Error
 */
function last_jobs( $is_asked ) {
	$path   = '/jobs?limit=' . MOST_JOBS;
	$answer = $is_asked ? ask( 'GET', $path ) : ask_in_passing( $path );
	if ( is_wp_error( $answer ) ) {
		return $answer;
	}
	if ( ! isset( $answer['jobs'] ) || ! is_array( $answer['jobs'] ) ) {
		return problem( 'not_understood' );
	}
	$jobs = array_map( __NAMESPACE__ . '\shown_job', array_values( array_filter( $answer['jobs'], 'is_array' ) ) );
	remember_jobs( $jobs );
	return $jobs;
}

/**
 * One job, newest state; what it did is noted on the posts.
 *
 * @param int $number The job.
 * @return array<string, mixed>|\WP_Error
 */
function job( $number ) {
	$answer = ask( 'GET', '/jobs/' . $number );
	if ( is_wp_error( $answer ) ) {
		return $answer;
	}
	$job = shown_job( $answer );
	remember_jobs( array( $job ) );
	return $job;
}

/**
 * Asks for one page, or for all that want to be published.
 *
 * @param string $page_id The page; empty for all.
 * @return int|\WP_Error The job.
 */
function start_sync( $page_id = '' ) {
	$answer = ask( 'POST', '/sync', '' === $page_id ? array() : array( 'page_id' => $page_id ) );
	if ( is_wp_error( $answer ) ) {
		return $answer;
	}
	return isset( $answer['job_id'] ) && is_int( $answer['job_id'] ) ? $answer['job_id'] : problem( 'not_understood' );
}

// --- in shape ---------------------------------------------------------------------------------------------

/**
 * The text under a key, never longer than fits a screen.
 *
 * @param array<string, mixed> $from Where it stands.
 * @param string               $key  The key.
 * @return string
 */
function text( $from, $key ) {
	$value = isset( $from[ $key ] ) && is_scalar( $from[ $key ] ) ? (string) $from[ $key ] : '';
	return mb_substr( wp_check_invalid_utf8( $value, true ), 0, 2000 );
}

/**
 * The link under a key, when it leads to the web.
 *
 * @param array<string, mixed> $from Where it stands.
 * @param string               $key  The key.
 * @return string
 */
function web_link( $from, $key ) {
	return esc_url_raw( text( $from, $key ), array( 'http', 'https' ) );
}

/**
 * The list under a key, its members arrays.
 *
 * @param array<string, mixed> $from Where it stands.
 * @param string               $key  The key.
 * @param int                  $most How many at most.
 * @return array<int, array<string, mixed>>
 */
function members( $from, $key, $most ) {
	$list = isset( $from[ $key ] ) && is_array( $from[ $key ] ) ? $from[ $key ] : array();
	return array_slice( array_values( array_filter( $list, 'is_array' ) ), 0, $most );
}

/**
 * A job.
 *
 * @param array<string, mixed> $job As the sidecar sent it.
 * @return array<string, mixed>
 */
function shown_job( $job ) {
	$began = (int) strtotime( text( $job, 'started_at' ) );
	$ended = (int) strtotime( text( $job, 'finished_at' ) );
	return array(
		'id'      => (int) text( $job, 'job_id' ),
		'type'    => type_words( text( $job, 'type' ) ),
		'status'  => text( $job, 'status' ),
		'began'   => $began,
		'ended'   => $ended,
		'when'    => when( $began ),
		'took'    => $ended ? max( 0, $ended - $began ) : null,
		'error'   => own_error( text( $job, 'error' ) ),
		'counts'  => counts( members( $job, 'pages', PHP_INT_MAX ) ),
		'pages'   => array_map( __NAMESPACE__ . '\shown_page', members( $job, 'pages', MOST_PAGES ) ),
		'working' => array_map( __NAMESPACE__ . '\shown_working', members( $job, 'working', MOST_PAGES ) ),
	);
}

/**
 * How many pages came to which end, of all that a job has: a large one has more than are shown one by one.
 *
 * @param array<int, array<string, mixed>> $pages As the sidecar sent them, or as shown_page() gives them.
 * @return array<int, array{status: string, words: string, number: int}>
 */
function counts( $pages ) {
	$counts = array();
	foreach ( $pages as $page ) {
		$status = text( $page, 'status' );
		$words  = outcome_words( text( $page, 'action' ), $status );
		$number = isset( $counts[ $status . $words ] ) ? $counts[ $status . $words ]['number'] : 0;

		$counts[ $status . $words ] = array(
			'status' => $status,
			'words'  => $words,
			'number' => $number + 1,
		);
	}
	return array_values( $counts );
}

/**
 * What a job says for itself, without the count of its failed pages: that is shown anyway.
 *
 * @param string $error The sidecar's words.
 * @return string
 */
function own_error( $error ) {
	return preg_match( '/^\d+ of \d+ pages failed\.$/', $error ) ? '' : $error;
}

/**
 * What became of a page in a job.
 *
 * @param array<string, mixed> $page As the sidecar sent it.
 * @return array<string, mixed>
 */
function shown_page( $page ) {
	return array(
		'page_id'  => text( $page, 'page_id' ),
		'title'    => '' === text( $page, 'title' ) ? __( 'Untitled', 'notion-sidecar' ) : text( $page, 'title' ),
		'page_url' => web_link( $page, 'page_url' ),
		'post_url' => web_link( $page, 'post_url' ),
		'action'   => text( $page, 'action' ),
		'status'   => text( $page, 'status' ),
		'words'    => outcome_words( text( $page, 'action' ), text( $page, 'status' ) ),
		'error'    => text( $page, 'error' ),
		'warnings' => array_map( __NAMESPACE__ . '\shown_warning', members( $page, 'warnings', MOST_NOTES ) ),
	);
}

/**
 * A page on its way.
 *
 * @param array<string, mixed> $page As the sidecar sent it.
 * @return array<string, mixed>
 */
function shown_working( $page ) {
	return array(
		'page_id' => text( $page, 'page_id' ),
		'title'   => text( $page, 'title' ),
		'percent' => min( 100, max( 0, (int) text( $page, 'percent' ) ) ),
		'words'   => text( $page, 'words' ),
	);
}

/**
 * A note on a block that is shown in a lesser form.
 *
 * @param array<string, mixed> $warning As the sidecar sent it.
 * @return array<string, string>
 */
function shown_warning( $warning ) {
	return array(
		'type'    => text( $warning, 'type' ),
		'message' => text( $warning, 'message' ),
	);
}

/**
 * What opened a job.
 *
 * @param string $type The sidecar's word.
 * @return string
 */
function type_words( $type ) {
	$known = array(
		'automation'     => __( 'Button in Notion', 'notion-sidecar' ),
		'button'         => __( 'Button in Notion', 'notion-sidecar' ),
		'cli'            => __( 'Command line', 'notion-sidecar' ),
		'comparison'     => __( 'Daily comparison', 'notion-sidecar' ),
		'event'          => __( 'Edit in Notion', 'notion-sidecar' ),
		'events'         => __( 'Edit in Notion', 'notion-sidecar' ),
		'manual'         => __( 'Sync now', 'notion-sidecar' ),
		'schedule'       => __( 'Schedule', 'notion-sidecar' ),
		'second reading' => __( 'Second reading', 'notion-sidecar' ),
	);
	return isset( $known[ $type ] ) ? $known[ $type ] : $type;
}

/**
 * What became of a page, in a word or two.
 *
 * @param string $action What was to be done.
 * @param string $status How it ended.
 * @return string
 */
function outcome_words( $action, $status ) {
	$states  = array(
		'Skipped'  => __( 'Nothing to do', 'notion-sidecar' ),
		'Failed'   => __( 'Failed', 'notion-sidecar' ),
		'Conflict' => __( 'Edited on both sides', 'notion-sidecar' ),
		'Deferred' => __( 'Will be tried again', 'notion-sidecar' ),
		'Pending'  => __( 'Under way', 'notion-sidecar' ),
	);
	$results = array(
		'create'   => __( 'Published', 'notion-sidecar' ),
		'update'   => __( 'Updated', 'notion-sidecar' ),
		'withdraw' => __( 'Taken back', 'notion-sidecar' ),
		'restore'  => __( 'Restored', 'notion-sidecar' ),
	);
	if ( isset( $states[ $status ] ) ) {
		return $states[ $status ];
	}
	return isset( $results[ $action ] ) ? $results[ $action ] : $status;
}
