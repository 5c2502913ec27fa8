<?php
/**
 * Test connection: what works between this site and its sidecar, one plain verdict each. Nothing is printed here.
 *
 * @package NotionSidecar
 */

namespace NotionSidecar;

defined( 'ABSPATH' ) || exit;

/**
 * Everything that can be said of the connection, the most important first.
 *
 * @return array<int, array{tone: string, words: string, more: string}>
 */
function check_connection() {
	$status = ask( 'GET', '/status' );
	if ( is_wp_error( $status ) ) {
		return array_merge( array( sign( 'bad', __( 'No connection', 'notion-sidecar' ), with_name( $status ) ) ), local_signs() );
	}
	$signs = array( version_sign( $status ) );
	foreach ( members( $status, 'far_ends', 5 ) as $far_end ) {
		if ( 'WordPress' !== text( $far_end, 'name' ) ) {
			/* translators: 1: Notion, 2: how it does. */
			$words   = sprintf( __( 'The sidecar and %1$s: %2$s', 'notion-sidecar' ), text( $far_end, 'name' ), text( $far_end, 'words' ) );
			$signs[] = sign( text( $far_end, 'state' ), $words, text( $far_end, 'more' ) );
		}
	}
	return array_merge( $signs, array( way_back_sign() ), local_signs() );
}

/**
 * One verdict.
 *
 * @param string $tone  good, busy, warn, bad or idle.
 * @param string $words What is so.
 * @param string $more  What to do about it.
 * @return array{tone: string, words: string, more: string}
 */
function sign( $tone, $words, $more = '' ) {
	return array(
		'tone'  => in_array( $tone, array( 'good', 'busy', 'warn', 'bad' ), true ) ? $tone : 'idle',
		'words' => $words,
		'more'  => $more,
	);
}

/**
 * The sidecar answered, and knew the token.
 *
 * @param array<string, mixed> $status Its answer.
 * @return array{tone: string, words: string, more: string}
 */
function version_sign( $status ) {
	$version = text( $status, 'version' );
	if ( '' === $version ) {
		return sign( 'bad', __( 'No connection', 'notion-sidecar' ), with_name( problem( 'not_understood' ) ) );
	}
	/* translators: 1: a version, 2: a version. */
	$words = sprintf( __( 'The sidecar answers and the token is right (sidecar %1$s, plugin %2$s)', 'notion-sidecar' ), $version, VERSION );
	return sign( 'good', $words );
}

/**
 * Whether the sidecar reaches this site: it is told to try, as a sync would.
 *
 * @return array{tone: string, words: string, more: string}
 */
function way_back_sign() {
	$answer = ask( 'POST', '/check', array(), LONG );
	if ( is_wp_error( $answer ) ) {
		return sign( 'warn', __( 'The sidecar was told to reach this site, and gave no answer', 'notion-sidecar' ), $answer->get_error_message() );
	}
	$site = isset( $answer['wordpress'] ) && is_array( $answer['wordpress'] ) ? $answer['wordpress'] : array();
	if ( '' !== text( $site, 'error' ) ) {
		return sign( 'bad', __( 'The sidecar cannot work in WordPress', 'notion-sidecar' ), trouble_words( $site ) );
	}
	if ( untrailingslashit( text( $site, 'url' ) ) !== untrailingslashit( home_url() ) ) {
		/* translators: %s: an address. */
		$more = sprintf( __( 'It publishes to %s. Its setting WP_URL says where.', 'notion-sidecar' ), text( $site, 'url' ) );
		return sign( 'warn', __( 'The sidecar works for another site', 'notion-sidecar' ), $more );
	}
	/* translators: 1: XML-RPC or REST, 2: a version. */
	$words = sprintf( __( 'The sidecar reaches this site: %1$s and its application password work (WordPress %2$s)', 'notion-sidecar' ), text( $site, 'way' ), text( $site, 'version' ) );
	return sign( 'good', $words );
}

/**
 * What keeps the sidecar from working here, what to do about it, and the name under which its documentation has it.
 *
 * @param array<string, mixed> $site Its answer: error in one text; trouble with id, words and do.
 * @return string
 */
function trouble_words( $site ) {
	$trouble = isset( $site['trouble'] ) && is_array( $site['trouble'] ) ? $site['trouble'] : array();
	$words   = text( $trouble, 'words' );
	if ( '' === $words ) {
		return text( $site, 'error' );
	}
	$id = text( $trouble, 'id' );
	return implode( ' ', array_filter( array( $words, text( $trouble, 'do' ), '' === $id ? '' : "[$id]" ) ) );
}

/**
 * What keeps this site from the sidecar, and the name under which its documentation has it.
 *
 * @param \WP_Error $error As ask() gives it.
 * @return string
 */
function with_name( $error ) {
	$kind = str_replace( array( 'notion_sidecar_', '_' ), array( '', '-' ), (string) $error->get_error_code() );
	// What the sidecar itself declines has its own words, and is not in that list.
	return $error->get_error_message() . ( 'declined' === $kind ? '' : " [plugin-$kind]" );
}

/**
 * What can be seen from here without asking anybody.
 *
 * @return array<int, array{tone: string, words: string, more: string}>
 */
function local_signs() {
	$signs = array();
	// phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals.NonPrefixedHooknameFound -- WordPress's own filter.
	if ( ! apply_filters( 'xmlrpc_enabled', true ) ) {
		$signs[] = sign( 'warn', __( 'XML-RPC is switched off on this site', 'notion-sidecar' ), __( 'The sidecar then has to go over REST (WP_TRANSPORT=auto). A security plugin or a line of code switches it off (the filter xmlrpc_enabled).', 'notion-sidecar' ) );
	}
	if ( ! wp_is_application_passwords_available() ) {
		$signs[] = sign( 'bad', __( 'Application passwords are switched off on this site', 'notion-sidecar' ), __( 'The sidecar logs in with one. WordPress offers them on https; a security plugin may have taken them away.', 'notion-sidecar' ) );
	}
	return $signs;
}
