<?php
/**
 * Plugin Name:       Notion Sidecar
 * Description:       Companion of the Notion WordPress Sidecar: Sync now, the state of each post that comes from Notion, alternative texts, one post per page.
 * Version:           0.1.0
 * Requires at least: 6.1
 * Requires PHP:      7.4
 * License:           MIT
 * License URI:       https://opensource.org/license/mit
 * Text Domain:       notion-sidecar
 * Domain Path:       /languages
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
require __DIR__ . '/includes/seo.php';
require __DIR__ . '/includes/lookup.php';
require __DIR__ . '/includes/locking.php';
require __DIR__ . '/includes/upsert.php';
require __DIR__ . '/includes/xmlrpc.php';
require __DIR__ . '/includes/rest.php';
require __DIR__ . '/includes/styles.php';
require __DIR__ . '/includes/options.php';
require __DIR__ . '/includes/client.php';
require __DIR__ . '/includes/posts.php';
require __DIR__ . '/includes/jobs.php';
require __DIR__ . '/includes/check.php';
require __DIR__ . '/includes/routes.php';
require __DIR__ . '/includes/screens.php';
require __DIR__ . '/includes/settings.php';
require __DIR__ . '/includes/list.php';
require __DIR__ . '/includes/panel.php';

add_action( 'init', __NAMESPACE__ . '\load_words' );
add_action( 'init', __NAMESPACE__ . '\register_fields', 100 );
add_filter( 'xmlrpc_methods', __NAMESPACE__ . '\xmlrpc_methods' );
add_action( 'xmlrpc_call_success_mw_newMediaObject', __NAMESPACE__ . '\note_hash', 10, 2 );
add_filter( 'rest_index', __NAMESPACE__ . '\rest_index' );
add_action( 'wp_enqueue_scripts', __NAMESPACE__ . '\wp_enqueue_scripts' );
add_filter( 'render_block', __NAMESPACE__ . '\render_block' );
add_action( 'enqueue_block_assets', __NAMESPACE__ . '\enqueue_block_assets' );

register_activation_hook( __FILE__, __NAMESPACE__ . '\protect_markers' );
register_deactivation_hook( __FILE__, __NAMESPACE__ . '\expose_markers' );

add_action( 'wp_after_insert_post', __NAMESPACE__ . '\remember_write', 10, 2 );
add_action( 'rest_api_init', __NAMESPACE__ . '\rest_api_init' );
add_action( 'admin_menu', __NAMESPACE__ . '\admin_menu' );
add_action( 'admin_notices', __NAMESPACE__ . '\admin_notices' );
add_action( 'admin_post_notion_sidecar_save', __NAMESPACE__ . '\admin_post_save' );
add_action( 'admin_post_notion_sidecar_sync', __NAMESPACE__ . '\admin_post_sync' );
add_action( 'admin_bar_menu', __NAMESPACE__ . '\admin_bar_menu', 80 );
add_filter( 'removable_query_args', __NAMESPACE__ . '\said_args' );
add_filter( 'plugin_action_links_' . plugin_basename( __FILE__ ), __NAMESPACE__ . '\plugin_links' );

add_filter( 'manage_posts_columns', __NAMESPACE__ . '\posts_columns', 10, 2 );
add_filter( 'manage_pages_columns', __NAMESPACE__ . '\posts_columns' );
add_action( 'manage_posts_custom_column', __NAMESPACE__ . '\posts_custom_column', 10, 2 );
add_action( 'manage_pages_custom_column', __NAMESPACE__ . '\posts_custom_column', 10, 2 );
add_action( 'restrict_manage_posts', __NAMESPACE__ . '\restrict_manage_posts' );
add_action( 'pre_get_posts', __NAMESPACE__ . '\pre_get_posts' );
add_filter( 'post_row_actions', __NAMESPACE__ . '\row_actions', 10, 2 );
add_filter( 'page_row_actions', __NAMESPACE__ . '\row_actions', 10, 2 );
add_action( 'admin_enqueue_scripts', __NAMESPACE__ . '\list_scripts' );

add_action( 'enqueue_block_editor_assets', __NAMESPACE__ . '\enqueue_block_editor_assets' );
add_action( 'add_meta_boxes', __NAMESPACE__ . '\add_meta_boxes', 10, 2 );
add_action( 'edit_form_top', __NAMESPACE__ . '\edit_form_top' );
add_action( 'admin_enqueue_scripts', __NAMESPACE__ . '\box_scripts' );
