<?php
/**
 * What our scripts ask, under /wp-json/notion-sidecar/v1. WordPress checks the nonce of whoever comes with a cookie
 * before a handler runs; each route says who may ask. The sidecar's address and token never leave the server.
 *
 * @package NotionSidecar
 */

namespace NotionSidecar;

defined( 'ABSPATH' ) || exit;

const ROUTES   = 'notion-sidecar/v1';
const MAY_SYNC = 'edit_others_posts';
const MAY_SET  = 'manage_options';

/**
 * The routes: method, handler, who may.
 */
function rest_api_init() {
	$number = array(
		'type'     => 'integer',
		'minimum'  => 1,
		'required' => true,
	);
	route( '/check', 'POST', 'rest_check', 'may_set', array() );
	route( '/sync', 'POST', 'rest_sync', 'may_sync', array() );
	route( '/jobs', 'GET', 'rest_jobs', 'may_sync', array() );
	route( '/jobs/(?P<job>\d{1,10})', 'GET', 'rest_job', 'may_sync', array( 'job' => $number ) );
	route( '/posts', 'GET', 'rest_posts', 'may_see_posts', array( 'ids' => ids_argument() ) );
	route( '/posts/(?P<post>\d{1,18})/sync', 'POST', 'rest_sync_post', 'may_edit', array( 'post' => $number ) );
	$both = array(
		'post' => $number,
		'job'  => $number,
	);
	route( '/posts/(?P<post>\d{1,18})/jobs/(?P<job>\d{1,10})', 'GET', 'rest_post_job', 'may_edit', $both );
}

/**
 * Registers one route.
 *
 * @param string               $path    The path.
 * @param string               $method  GET or POST.
 * @param string               $handler A function of ours.
 * @param string               $may     A function of ours.
 * @param array<string, mixed> $args    The arguments.
 */
function route( $path, $method, $handler, $may, $args ) {
	register_rest_route(
		ROUTES,
		$path,
		array(
			'methods'             => $method,
			'callback'            => __NAMESPACE__ . '\\' . $handler,
			'permission_callback' => __NAMESPACE__ . '\\' . $may,
			'args'                => $args,
		)
	);
}

/**
 * The argument that names posts.
 *
 * @return array<string, mixed>
 */
function ids_argument() {
	return array(
		'type'     => 'array',
		'items'    => array( 'type' => 'integer' ),
		'maxItems' => MOST_IDS,
		'required' => true,
	);
}

// --- who may ----------------------------------------------------------------------------------------------

/**
 * Who may set up the plugin.
 *
 * @return bool
 */
function may_set() {
	return current_user_can( MAY_SET );
}

/**
 * Who may ask for a sync of everything and see all jobs.
 *
 * @return bool
 */
function may_sync() {
	return current_user_can( MAY_SYNC );
}

/**
 * Who may ask about posts at all; each post is looked at by itself later.
 *
 * @return bool
 */
function may_see_posts() {
	return current_user_can( 'edit_posts' );
}

/**
 * Who may ask for a sync of one post: whoever may edit it.
 *
 * @param \WP_REST_Request $request The request.
 * @return bool
 */
function may_edit( $request ) {
	return current_user_can( 'edit_post', (int) $request['post'] );
}

// --- handlers ---------------------------------------------------------------------------------------------

/**
 * Tries the connection.
 *
 * @return array<string, mixed>
 */
function rest_check() {
	return array( 'signs' => check_connection() );
}

/**
 * Asks for all pages that want to be published.
 *
 * @return array<string, int>|\WP_Error
 */
function rest_sync() {
	return started( start_sync() );
}

/**
 * The last jobs.
 *
 * @return array<string, mixed>|\WP_Error
 */
function rest_jobs() {
	$jobs = last_jobs( true );
	return is_wp_error( $jobs ) ? $jobs : array( 'jobs' => $jobs );
}

/**
 * One job.
 *
 * @param \WP_REST_Request $request The request.
 * @return array<string, mixed>|\WP_Error
 */
function rest_job( $request ) {
	return job( (int) $request['job'] );
}

/**
 * How posts stand, after a look at the sidecar's last jobs; without the sidecar, as far as it is known here.
 *
 * @param \WP_REST_Request $request The request.
 * @return array<string, mixed>
 */
function rest_posts( $request ) {
	$jobs  = last_jobs( false );
	$posts = array();
	foreach ( $request['ids'] as $post_id ) {
		if ( current_user_can( 'edit_post', $post_id ) ) {
			$posts[] = shown_post( $post_id );
		}
	}
	return array(
		'posts'   => array_values( array_filter( $posts ) ),
		'problem' => is_wp_error( $jobs ) && 'notion_sidecar_not_set_up' !== $jobs->get_error_code() ? $jobs->get_error_message() : '',
	);
}

/**
 * Asks for the page of one post.
 *
 * @param \WP_REST_Request $request The request.
 * @return array<string, int>|\WP_Error
 */
function rest_sync_post( $request ) {
	$page_id = page_of_post( (int) $request['post'] );
	return '' === $page_id ? problem( 'no_page' ) : started( start_sync( $page_id ) );
}

/**
 * One job, as far as it is about the page of this post, and how the post stands.
 *
 * @param \WP_REST_Request $request The request.
 * @return array<string, mixed>|\WP_Error
 */
function rest_post_job( $request ) {
	$page_id = page_of_post( (int) $request['post'] );
	$job     = '' === $page_id ? problem( 'no_page' ) : job( (int) $request['job'] );
	if ( is_wp_error( $job ) ) {
		return $job;
	}
	foreach ( array( 'pages', 'working' ) as $key ) {
		$job[ $key ] = array_values( wp_list_filter( $job[ $key ], array( 'page_id' => $page_id ) ) );
	}
	$job['counts'] = counts( $job['pages'] );
	$job['post']   = shown_post( (int) $request['post'] );
	return $job;
}

/**
 * The answer to whoever asked for a sync.
 *
 * @param int|\WP_Error $job The job.
 * @return array<string, int>|\WP_Error
 */
function started( $job ) {
	return is_wp_error( $job ) ? $job : array( 'job' => $job );
}
