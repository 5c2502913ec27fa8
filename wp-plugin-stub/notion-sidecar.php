<?php
/**
 * Plugin Name:       Notion Sidecar
 * Description:       Companion of the Notion WordPress Sidecar: alternative texts, protected markers, one post per page under a lock.
 * Version:           0.1.0
 * Requires at least: 6.1
 * Requires PHP:      7.4
 * License:           MIT
 * Text Domain:       notion-sidecar
 *
 * The sidecar works without this plugin. What XML-RPC alone cannot do is here; everything else stays stock.
 *
 * @package NotionSidecar
 */

namespace NotionSidecar;

defined( 'ABSPATH' ) || exit;

const VERSION      = '0.1.0';
const PAGE_KEY     = '_notion_page_id';
const OLD_PAGE_KEY = 'notion_page_id';
const HASH_KEY     = '_notion_sha256';

require __DIR__ . '/includes/meta.php';
require __DIR__ . '/includes/lookup.php';
require __DIR__ . '/includes/locking.php';
require __DIR__ . '/includes/upsert.php';
require __DIR__ . '/includes/xmlrpc.php';
require __DIR__ . '/includes/rest.php';
require __DIR__ . '/includes/styles.php';

add_action( 'init', __NAMESPACE__ . '\register_fields', 100 );
add_filter( 'xmlrpc_methods', __NAMESPACE__ . '\xmlrpc_methods' );
add_action( 'xmlrpc_call_success_mw_newMediaObject', __NAMESPACE__ . '\note_hash', 10, 2 );
add_filter( 'rest_index', __NAMESPACE__ . '\rest_index' );
add_action( 'enqueue_block_assets', __NAMESPACE__ . '\enqueue_styles' );

register_activation_hook( __FILE__, __NAMESPACE__ . '\protect_markers' );
register_deactivation_hook( __FILE__, __NAMESPACE__ . '\expose_markers' );
