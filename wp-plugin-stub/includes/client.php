<?php
/**
 * Asks the sidecar, with little patience. Every failure becomes words that say what to do; nothing is printed here.
 *
 * Nobody calls this while a page is made: browsers ask for it afterwards, through routes.php.
 *
 * @package NotionSidecar
 */

namespace NotionSidecar;

defined( 'ABSPATH' ) || exit;

const PATIENCE     = 6;
const LONG         = 25;
const LARGEST      = 8388608;
const DOWN         = 'notion_sidecar_down';
const DOWN_SECONDS = 20;

/**
 * Asks the sidecar and gives its answer.
 *
 * @param string                    $method  GET or POST.
 * @param string                    $path    Such as /jobs.
 * @param array<string, mixed>|null $body    What is sent, as JSON.
 * @param int                       $seconds How long to wait for the answer.
 * @return array<string, mixed>|\WP_Error
 */
function ask( $method, $path, $body = null, $seconds = PATIENCE ) {
	$url = options()['url'];
	if ( '' === $url || '' === token() ) {
		return problem( 'not_set_up' );
	}
	$answer = wp_remote_request( $url . $path, request( $method, $body, $seconds ) );
	if ( is_wp_error( $answer ) ) {
		set_transient( DOWN, 1, DOWN_SECONDS );
		return unreachable( $url, $answer, $seconds );
	}
	delete_transient( DOWN );
	return understood( $answer );
}

/**
 * Like ask(), for what nobody pressed a button for: a sidecar that has just been found down is left alone for a while.
 *
 * @param string $path Such as /jobs.
 * @return array<string, mixed>|\WP_Error
 */
function ask_in_passing( $path ) {
	return get_transient( DOWN ) ? problem( 'down' ) : ask( 'GET', $path );
}

/**
 * The arguments of one request. The token follows no redirection to another place.
 *
 * @param string                    $method  GET or POST.
 * @param array<string, mixed>|null $body    What is sent, as JSON.
 * @param int                       $seconds How long to wait for the answer.
 * @return array<string, mixed>
 */
function request( $method, $body, $seconds ) {
	return array(
		'method'              => $method,
		'timeout'             => $seconds,
		'redirection'         => 0,
		'limit_response_size' => LARGEST,
		'headers'             => array(
			'Authorization' => 'Bearer ' . token(),
			'Accept'        => 'application/json',
			'Content-Type'  => 'application/json',
		),
		'body'                => null === $body ? null : wp_json_encode( (object) $body ),
	);
}

/**
 * What an answer says.
 *
 * @param array<string, mixed> $answer As wp_remote_request() gives it.
 * @return array<string, mixed>|\WP_Error
 */
function understood( $answer ) {
	$code = (int) wp_remote_retrieve_response_code( $answer );
	if ( strlen( wp_remote_retrieve_body( $answer ) ) >= LARGEST ) {
		return problem( 'too_long' );
	}
	$said = json_decode( wp_remote_retrieve_body( $answer ), true );
	if ( $code >= 200 && $code < 300 && is_array( $said ) ) {
		return $said;
	}
	if ( 401 === $code ) {
		return problem( 'wrong_token' );
	}
	if ( $code >= 300 && $code < 400 ) {
		/* translators: %s: an address. */
		$words = sprintf( __( 'That address leads on to %s. Enter the address it ends at.', 'notion-sidecar' ), wp_remote_retrieve_header( $answer, 'location' ) );
		return new \WP_Error( 'notion_sidecar_redirects', $words, array( 'status' => 502 ) );
	}
	if ( is_array( $said ) && isset( $said['error'], $said['message'] ) && is_string( $said['message'] ) ) {
		return declined( $code, $said );
	}
	return problem( $code >= 500 ? 'broken' : 'stranger' );
}

/**
 * A refusal in the sidecar's own words.
 *
 * @param int                  $code HTTP status.
 * @param array<string, mixed> $said Its answer: error, message, remedy.
 * @return \WP_Error
 */
function declined( $code, $said ) {
	$remedy = isset( $said['remedy'] ) && is_string( $said['remedy'] ) ? ' ' . $said['remedy'] : '';
	/* translators: %s: what the sidecar said. */
	$words = sprintf( __( 'The sidecar says: %s', 'notion-sidecar' ), $said['message'] . $remedy );
	return new \WP_Error( 'notion_sidecar_declined', $words, array( 'status' => 404 === $code ? 404 : 502 ) );
}

/**
 * Nobody answers at that address.
 *
 * @param string    $url     The address.
 * @param \WP_Error $error   What WordPress met.
 * @param int       $seconds How long was waited.
 * @return \WP_Error
 */
function unreachable( $url, $error, $seconds ) {
	$reason = $error->get_error_message();
	if ( false !== stripos( $reason, 'timed out' ) ) {
		/* translators: 1: an address, 2: a number. */
		$words = sprintf( __( 'The sidecar at %1$s did not answer within %2$d seconds. Nothing is lost: it goes on by itself. If it stays like this, see whether it runs.', 'notion-sidecar' ), $url, $seconds );
		return new \WP_Error( 'notion_sidecar_slow', $words, array( 'status' => 504 ) );
	}
	/* translators: 1: an address, 2: an error message. */
	$words = sprintf( __( 'The sidecar at %1$s cannot be reached from this server. See whether it runs and whether the address is right. (%2$s)', 'notion-sidecar' ), $url, $reason );
	return new \WP_Error( 'notion_sidecar_unreachable', $words, array( 'status' => 502 ) );
}

/**
 * The words for what can be wrong, and the HTTP status for our own callers.
 *
 * @param string $kind One of the words below.
 * @return \WP_Error
 */
function problem( $kind ) {
	$known = array(
		'not_set_up'     => array( __( 'The address or the token of the sidecar is missing. Enter both under Settings > Notion Sidecar.', 'notion-sidecar' ), 409 ),
		'wrong_token'    => array( __( 'The sidecar answers, but it does not know this token. Enter the value of its setting SYNC_TOKEN.', 'notion-sidecar' ), 502 ),
		'stranger'       => array( __( 'Something answers at that address, but it is not the sidecar. Look at the address, its port and its folder.', 'notion-sidecar' ), 502 ),
		'broken'         => array( __( 'The sidecar, or the server in front of it, reports a mistake. Its log says more.', 'notion-sidecar' ), 502 ),
		'down'           => array( __( 'The sidecar did not answer a moment ago. It is asked again soon.', 'notion-sidecar' ), 502 ),
		'no_page'        => array( __( 'This post does not come from Notion.', 'notion-sidecar' ), 404 ),
		'too_long'       => array( __( 'The answer of the sidecar is longer than this plugin reads. Its own status page and sidecar history show all of it.', 'notion-sidecar' ), 502 ),
		'not_understood' => array( __( 'The sidecar gave an answer that this plugin does not understand. Update both.', 'notion-sidecar' ), 502 ),
	);

	list( $words, $status ) = $known[ $kind ];
	return new \WP_Error( 'notion_sidecar_' . $kind, $words, array( 'status' => $status ) );
}
