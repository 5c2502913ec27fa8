<?php
/**
 * One caller at a time: who comes second waits, and is told to come again only after a long while.
 *
 * @package NotionSidecar
 */

namespace NotionSidecar;

defined( 'ABSPATH' ) || exit;

/** How long a second caller waits. Shorter than the minute after which web servers give up on PHP. */
const WAIT_SECONDS = 25;

/** After so long whoever holds a lock that lies in a table is taken for dead. */
const LOCK_SECONDS = 120;

/**
 * Does some work while nobody else works under the same name.
 *
 * @param string   $name What is locked.
 * @param callable $work The work.
 * @return mixed What the work gives; null when the lock was not to be had.
 */
function locked( $name, $work ) {
	$give_back = take_lock( $name );
	if ( ! $give_back ) {
		return null;
	}
	try {
		return $work();
	} finally {
		$give_back();
	}
}

/**
 * How long a second caller waits here: add_filter( 'notion_sidecar_wait_seconds', ... ) changes it.
 *
 * @return int
 */
function wait_seconds() {
	return (int) apply_filters( 'notion_sidecar_wait_seconds', WAIT_SECONDS );
}

/**
 * Takes a lock: the database server's own where there is one, which a crash of PHP frees at once; a row elsewhere.
 *
 * @param string $name What is locked.
 * @return callable|null What gives it back.
 */
function take_lock( $name ) {
	global $wpdb;
	// A server's locks are known in all of its databases, and have names of at most 64 characters.
	$name  = 'notion_sidecar_lock_' . md5( DB_NAME . '|' . $wpdb->prefix . '|' . $name );
	$taken = take_server_lock( $name );
	if ( null === $taken ) {
		return take_row_lock( $name );
	}
	return $taken ? function () use ( $name ) {
		global $wpdb;
		$wpdb->query( $wpdb->prepare( 'SELECT RELEASE_LOCK(%s)', $name ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery
	} : null;
}

/**
 * Waits for a lock of MySQL or MariaDB.
 *
 * Only WordPress's own database class is known to speak to one server over one connection. The class of SQLite says
 * yes to every lock, and those for several servers may ask any of them.
 *
 * @param string $name The lock's name.
 * @return bool|null Null where there are no such locks.
 */
function take_server_lock( $name ) {
	global $wpdb;
	if ( 'wpdb' !== get_class( $wpdb ) ) {
		return null;
	}
	// phpcs:ignore WordPress.DB.DirectDatabaseQuery -- there is no other way to a lock.
	$taken = $wpdb->get_var( $wpdb->prepare( 'SELECT GET_LOCK(%s, %d)', $name, wait_seconds() ) );
	return null === $taken ? null : '1' === (string) $taken;
}

/**
 * Waits for a lock that is a row of the options: the unique index on their names lets one caller through.
 *
 * The row says until when it holds and whose it is, so that nobody takes away what has become another's.
 *
 * @param string $name The lock's name.
 * @return callable|null What gives it back.
 */
function take_row_lock( $name ) {
	$until = microtime( true ) + wait_seconds();
	$value = ( time() + LOCK_SECONDS ) . ' ' . wp_generate_password( 20, false );
	while ( ! insert_row_lock( $name, $value ) ) {
		if ( microtime( true ) > $until ) {
			return null;
		}
		usleep( 100000 );
	}
	return function () use ( $name, $value ) {
		global $wpdb;
		$row = array(
			'option_name'  => $name,
			'option_value' => $value,
		);
		$wpdb->delete( $wpdb->options, $row ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery
	};
}

/**
 * Makes the row, unless there is one that still holds. `add_option` would write over it.
 *
 * @param string $name  The lock's name.
 * @param string $value Until when it holds, in ten digits, and whose it is.
 * @return bool
 */
function insert_row_lock( $name, $value ) {
	global $wpdb;
	// phpcs:disable WordPress.DB.DirectDatabaseQuery -- the options API has no insert-if-absent.
	$wpdb->query( $wpdb->prepare( "DELETE FROM {$wpdb->options} WHERE option_name = %s AND option_value < %s", $name, (string) time() ) );
	return 1 === $wpdb->query( $wpdb->prepare( "INSERT IGNORE INTO {$wpdb->options} (option_name, option_value, autoload) VALUES (%s, %s, 'no')", $name, $value ) );
	// phpcs:enable
}
