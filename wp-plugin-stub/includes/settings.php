<?php
/**
 * Settings > Notion Sidecar: address and token, Test connection, Sync now with its progress, the last jobs.
 *
 * The page is made without a remote call: its script asks for what is live.
 *
 * @package NotionSidecar
 */

namespace NotionSidecar;

defined( 'ABSPATH' ) || exit;

/**
 * The page in the menu, for whoever may sync; the settings on it are for whoever may set up.
 */
function admin_menu() {
	$hook = add_options_page( __( 'Notion Sidecar', 'notion-sidecar' ), __( 'Notion Sidecar', 'notion-sidecar' ), MAY_SYNC, PAGE, __NAMESPACE__ . '\settings_page' );
	add_action( 'admin_print_scripts-' . $hook, __NAMESPACE__ . '\settings_scripts' );
}

/**
 * The link beside the plugin in the list of plugins.
 *
 * @param string[] $links The links so far.
 * @return string[]
 */
function plugin_links( $links ) {
	array_unshift( $links, sprintf( '<a href="%s">%s</a>', esc_url( settings_url() ), esc_html__( 'Settings', 'notion-sidecar' ) ) );
	return $links;
}

/**
 * The scripts of the page.
 */
function settings_scripts() {
	add_common();
	add_script( 'settings', array( 'notion-sidecar-common' ) );
}

/**
 * Stores what was typed.
 */
function admin_post_save() {
	if ( ! may_set() ) {
		wp_die( esc_html__( 'Sorry, you are not allowed to do that.', 'notion-sidecar' ), '', array( 'response' => 403 ) );
	}
	check_admin_referer( 'notion_sidecar_save' );
	$typed   = isset( $_POST['url'] ) ? sanitize_text_field( wp_unslash( $_POST['url'] ) ) : '';
	$url     = tidy_url( $typed );
	$changes = array( 'styles' => isset( $_POST['styles'] ) );
	if ( '' === $typed || '' !== $url ) {
		$changes['url'] = $url;
	}
	// A token is whatever it is: only the space around it, which copying brings along, is not its own.
	$token = isset( $_POST['token'] ) && is_string( $_POST['token'] ) ? trim( wp_unslash( $_POST['token'] ) ) : ''; // phpcs:ignore WordPress.Security.ValidatedSanitizedInput.InputNotSanitized
	if ( '' !== $token || isset( $_POST['forget'] ) ) {
		$changes['token'] = $token;
	}
	save_options( $changes );
	delete_transient( DOWN );
	$said = 'saved';
	if ( ! isset( $changes['url'] ) ) {
		$said = 'problem';
		set_transient( ANSWERS . get_current_user_id(), __( 'That is no address of a sidecar: it begins with http:// or https:// and holds no user name. The old one stays.', 'notion-sidecar' ), MINUTE_IN_SECONDS );
	}
	wp_safe_redirect( settings_url( array( 'notion_sidecar' => $said ) ) );
	exit;
}

/**
 * The page.
 */
function settings_page() {
	if ( ! may_sync() ) {
		return;
	}
	$options = options();
	$is_set  = '' !== $options['url'] && '' !== token();
	?>
	<div class="wrap notion-sidecar">
		<h1><?php esc_html_e( 'Notion Sidecar', 'notion-sidecar' ); ?></h1>
		<p class="notion-sidecar-lead"><?php esc_html_e( 'Pages that are written in Notion become posts here. The sidecar beside this site does the work; this page tells it when, and shows how it went.', 'notion-sidecar' ); ?></p>
		<?php
		if ( $is_set ) {
			sync_section();
		} elseif ( ! may_set() ) {
			echo '<p>' . esc_html__( 'The connection to the sidecar is not set up yet. An administrator can do that here.', 'notion-sidecar' ) . '</p>';
		}
		if ( may_set() ) {
			connection_section( $options );
		}
		?>
	</div>
	<?php
}

/**
 * Sync now, its progress, and the last jobs.
 */
function sync_section() {
	// phpcs:ignore WordPress.Security.NonceVerification -- only shown.
	$job = isset( $_GET['notion_sidecar_job'] ) ? absint( $_GET['notion_sidecar_job'] ) : 0;
	?>
	<section class="notion-sidecar-card" id="notion-sidecar-sync" data-job="<?php echo esc_attr( (string) $job ); ?>">
		<h2><?php esc_html_e( 'Sync', 'notion-sidecar' ); ?></h2>
		<p>
			<a class="button button-primary" id="notion-sidecar-now" href="<?php echo esc_url( sync_link() ); ?>"><?php esc_html_e( 'Sync now', 'notion-sidecar' ); ?></a>
			<span class="description"><?php esc_html_e( 'Publishes all pages whose status in Notion asks for it.', 'notion-sidecar' ); ?></span>
		</p>
		<div id="notion-sidecar-progress">
			<div id="notion-sidecar-way"></div>
			<ul class="notion-sidecar-pages" id="notion-sidecar-pages"></ul>
		</div>
	</section>
	<section class="notion-sidecar-card" id="notion-sidecar-jobs">
		<h2><?php esc_html_e( 'Last jobs', 'notion-sidecar' ); ?></h2>
		<div id="notion-sidecar-list"><p class="description hide-if-no-js"><?php esc_html_e( 'The sidecar is being asked …', 'notion-sidecar' ); ?></p></div>
		<p class="description hide-if-js"><?php esc_html_e( 'The jobs are shown by a script, which your browser did not run.', 'notion-sidecar' ); ?></p>
	</section>
	<?php
}

/**
 * Address and token. The token is written here and never shown.
 *
 * @param array<string, mixed> $options The settings.
 */
function connection_section( $options ) {
	?>
	<section class="notion-sidecar-card" id="notion-sidecar-connection">
		<h2><?php esc_html_e( 'Connection', 'notion-sidecar' ); ?></h2>
		<form method="post" action="<?php echo esc_url( admin_url( 'admin-post.php' ) ); ?>" autocomplete="off">
			<input type="hidden" name="action" value="notion_sidecar_save">
			<?php wp_nonce_field( 'notion_sidecar_save' ); ?>
			<table class="form-table" role="presentation">
				<tr>
					<th scope="row"><label for="notion-sidecar-url"><?php esc_html_e( 'Address of the sidecar', 'notion-sidecar' ); ?></label></th>
					<td>
						<input type="text" inputmode="url" class="regular-text code" id="notion-sidecar-url" name="url" value="<?php echo esc_attr( $options['url'] ); ?>" placeholder="http://127.0.0.1:8787" aria-describedby="notion-sidecar-url-help">
						<p class="description" id="notion-sidecar-url-help"><?php esc_html_e( 'As this server reaches it; your browser need not.', 'notion-sidecar' ); ?></p>
					</td>
				</tr>
				<tr>
					<th scope="row">
						<?php if ( has_constant_token() ) : ?>
							<?php esc_html_e( 'Token', 'notion-sidecar' ); ?>
						<?php else : ?>
							<label for="notion-sidecar-token"><?php esc_html_e( 'Token', 'notion-sidecar' ); ?></label>
						<?php endif; ?>
					</th>
					<td><?php token_field( '' !== $options['token'] ); ?></td>
				</tr>
				<tr>
					<th scope="row"><?php esc_html_e( 'Styles', 'notion-sidecar' ); ?></th>
					<td>
						<label><input type="checkbox" name="styles" value="1" <?php checked( $options['styles'] ); ?>>
						<?php esc_html_e( 'Add a small style sheet to posts from Notion: callouts, link cards, to-dos, formulas', 'notion-sidecar' ); ?></label>
					</td>
				</tr>
			</table>
			<p class="submit">
				<button type="submit" class="button button-primary"><?php esc_html_e( 'Save changes', 'notion-sidecar' ); ?></button>
				<button type="button" class="button hide-if-no-js" id="notion-sidecar-check"><?php esc_html_e( 'Test connection', 'notion-sidecar' ); ?></button>
			</p>
			<div id="notion-sidecar-verdict" aria-live="polite"></div>
		</form>
	</section>
	<?php
}

/**
 * The field for the token, or why there is none.
 *
 * @param bool $is_stored A token is stored.
 */
function token_field( $is_stored ) {
	if ( has_constant_token() ) {
		echo '<p>' . esc_html__( 'Set in wp-config.php (NOTION_SIDECAR_TOKEN).', 'notion-sidecar' ) . '</p>';
		return;
	}
	$hint = $is_stored ? __( 'Stored. Leave empty to keep it.', 'notion-sidecar' ) : '';
	?>
	<input type="password" class="regular-text" id="notion-sidecar-token" name="token" value="" autocomplete="new-password" spellcheck="false" placeholder="<?php echo esc_attr( $hint ); ?>" aria-describedby="notion-sidecar-token-help">
	<?php if ( $is_stored ) : ?>
		<label><input type="checkbox" name="forget" value="1"> <?php esc_html_e( 'Forget it', 'notion-sidecar' ); ?></label>
	<?php endif; ?>
	<p class="description" id="notion-sidecar-token-help"><?php esc_html_e( 'The value of SYNC_TOKEN in the settings of the sidecar. It is stored, sent to that address alone and never shown again. The constant NOTION_SIDECAR_TOKEN in wp-config.php wins over it.', 'notion-sidecar' ); ?></p>
	<?php
}
