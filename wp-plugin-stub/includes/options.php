<?php
/**
 * What is set for this site: one option that is not loaded with every page. The token is read here and shown nowhere.
 *
 * @package NotionSidecar
 */

namespace NotionSidecar;

defined( 'ABSPATH' ) || exit;

const OPTION = 'notion_sidecar';

/**
 * The settings of this site.
 *
 * @return array{url: string, token: string, styles: bool}
 */
function options() {
	$defaults = array(
		'url'    => '',
		'token'  => '',
		'styles' => true,
	);
	return array_merge( $defaults, array_intersect_key( (array) get_option( OPTION, array() ), $defaults ) );
}

/**
 * Stores settings; those that are not named stay.
 *
 * @param array<string, mixed> $changes The new values.
 */
function save_options( $changes ) {
	update_option( OPTION, array_merge( options(), $changes ), false );
}

/**
 * Whether the token stands in wp-config.php, which beats the one that is stored.
 *
 * @return bool
 */
function has_constant_token() {
	return defined( 'NOTION_SIDECAR_TOKEN' ) && '' !== (string) NOTION_SIDECAR_TOKEN;
}

/**
 * The token that is sent to the sidecar, and to nobody else.
 *
 * @return string
 */
function token() {
	return has_constant_token() ? (string) NOTION_SIDECAR_TOKEN : options()['token'];
}

/**
 * An address as it is stored: http or https, no query, no slash at the end. Empty when it is none.
 *
 * @param string $given What somebody typed.
 * @return string
 */
function tidy_url( $given ) {
	$given = trim( $given );
	if ( '' !== $given && ! preg_match( '#^[a-z][a-z0-9+.-]*://#i', $given ) ) {
		$given = 'https://' . $given;
	}
	$parts = wp_parse_url( $given );
	if ( empty( $parts['host'] ) || isset( $parts['user'] ) || preg_match( '/\s/', $given ) || ! preg_match( '#^https?://#i', $given ) ) {
		return '';
	}
	return untrailingslashit( esc_url_raw( strtok( $given, '?#' ), array( 'http', 'https' ) ) );
}
