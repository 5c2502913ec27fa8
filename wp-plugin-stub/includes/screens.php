<?php
/**
 * What our screens share: their script and style, the link that asks for a sync, and what is said after it.
 *
 * @package NotionSidecar
 */

namespace NotionSidecar;

defined( 'ABSPATH' ) || exit;

const PAGE    = 'notion-sidecar';
const ACTION  = 'notion_sidecar_sync';
const ANSWERS = 'notion_sidecar_answer_';

/**
 * Loads our words in the language of the site. WordPress looks for them in our folder by itself only since 6.8.
 */
function load_words() {
	load_plugin_textdomain( 'notion-sidecar', false, dirname( plugin_basename( __DIR__ ) ) . '/languages' );
}

/**
 * Makes a script of ours known, with what it has to know.
 *
 * @param string   $name The file, without .js.
 * @param string[] $deps The scripts it needs.
 */
function add_script( $name, $deps ) {
	$handle = 'notion-sidecar-' . $name;
	wp_enqueue_script( $handle, plugins_url( 'assets/' . $name . '.js', __DIR__ ), $deps, VERSION, true );
	wp_set_script_translations( $handle, 'notion-sidecar', dirname( __DIR__ ) . '/languages' );
}

/**
 * The script that talks to our routes, and the style of our screens.
 */
function add_common() {
	add_script( 'common', array( 'wp-i18n', 'wp-a11y' ) );
	$known = array(
		'root'  => esc_url_raw( rest_url( ROUTES ) ),
		'nonce' => wp_create_nonce( 'wp_rest' ),
	);
	wp_add_inline_script( 'notion-sidecar-common', 'var notionSidecar = ' . wp_json_encode( $known ) . ';', 'before' );
	wp_enqueue_style( 'notion-sidecar-admin', plugins_url( 'assets/admin.css', __DIR__ ), array(), VERSION );
}

/**
 * The address of our settings page.
 *
 * @param array<string, int|string> $more What else it is told.
 * @return string
 */
function settings_url( $more = array() ) {
	return add_query_arg( array_merge( array( 'page' => PAGE ), $more ), admin_url( 'options-general.php' ) );
}

/**
 * The link that asks for a sync: it works without scripts, too.
 *
 * @param int $post_id The post whose page is wanted; 0 for all.
 * @return string
 */
function sync_link( $post_id = 0 ) {
	$url = add_query_arg( array_filter( array( 'action' => ACTION, 'post' => $post_id ) ), admin_url( 'admin-post.php' ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
	return wp_nonce_url( $url, ACTION . $post_id );
}

/**
 * Asks for a sync, and goes back to where the link was, or to the settings, where its progress is shown.
 */
function admin_post_sync() {
	$post_id = isset( $_REQUEST['post'] ) ? absint( $_REQUEST['post'] ) : 0; // phpcs:ignore WordPress.Security.NonceVerification -- what the nonce belongs to.
	if ( ! ( $post_id ? current_user_can( 'edit_post', $post_id ) : may_sync() ) ) {
		wp_die( esc_html__( 'Sorry, you are not allowed to do that.', 'notion-sidecar' ), '', array( 'response' => 403 ) );
	}
	check_admin_referer( ACTION . $post_id );
	$page_id = $post_id ? page_of_post( $post_id ) : '';
	$job     = $post_id && '' === $page_id ? problem( 'no_page' ) : start_sync( $page_id );
	if ( is_wp_error( $job ) ) {
		set_transient( ANSWERS . get_current_user_id(), $job->get_error_message(), MINUTE_IN_SECONDS );
	}
	$said = is_wp_error( $job ) ? array( 'notion_sidecar' => 'problem' ) : array( 'notion_sidecar_job' => $job );
	$back = $post_id ? wp_get_referer() : '';
	wp_safe_redirect( $back ? add_query_arg( $said, remove_query_arg( said_args(), $back ) ) : settings_url( $said ) );
	exit;
}

/**
 * What we add to addresses to say how something went. WordPress takes it out of the address bar again.
 *
 * @param string[] $args The arguments so far.
 * @return string[]
 */
function said_args( $args = array() ) {
	return array_merge( $args, array( 'notion_sidecar', 'notion_sidecar_job' ) );
}

/**
 * Says how something went that was asked without scripts.
 */
function admin_notices() {
	// phpcs:disable WordPress.Security.NonceVerification -- nothing is done, only said.
	$said = isset( $_GET['notion_sidecar'] ) ? sanitize_key( $_GET['notion_sidecar'] ) : '';
	$job  = isset( $_GET['notion_sidecar_job'] ) ? absint( $_GET['notion_sidecar_job'] ) : 0;
	// phpcs:enable
	if ( $job && ! is_settings_page() ) {
		notice( 'info', __( 'Asked for. The page is on its way from Notion; this list shows how it stands.', 'notion-sidecar' ) );
	} elseif ( 'saved' === $said ) {
		notice( 'success', __( 'Settings saved.', 'notion-sidecar' ) );
	} elseif ( 'problem' === $said ) {
		$words = get_transient( ANSWERS . get_current_user_id() );
		delete_transient( ANSWERS . get_current_user_id() );
		if ( is_string( $words ) ) {
			notice( 'error', $words );
		}
	}
}

/**
 * Prints a notice.
 *
 * @param string $kind  success, info, warning or error.
 * @param string $words What it says.
 */
function notice( $kind, $words ) {
	printf( '<div class="notice notice-%s is-dismissible"><p>%s</p></div>', esc_attr( $kind ), esc_html( $words ) );
}

/**
 * Whether this is our settings page.
 *
 * @return bool
 */
function is_settings_page() {
	return 'settings_page_' . PAGE === get_current_screen()->id;
}

// --- the admin bar ----------------------------------------------------------------------------------------

/**
 * The item Sync from Notion. Its link leads to the settings, where the progress is shown.
 *
 * @param \WP_Admin_Bar $bar The bar.
 */
function admin_bar_menu( $bar ) {
	if ( ! may_sync() || '' === options()['url'] ) {
		return;
	}
	$bar->add_node(
		array(
			'id'    => 'notion-sidecar',
			'title' => '<span class="ab-icon dashicons dashicons-update" aria-hidden="true"></span><span class="ab-label">' . esc_html__( 'Sync from Notion', 'notion-sidecar' ) . '</span>',
			'href'  => sync_link(),
		)
	);
}
