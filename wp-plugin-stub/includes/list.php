<?php
/**
 * The list of posts: a column that shows how each post from Notion stands, a filter, a row action.
 *
 * Made of what is stored on the posts. The script asks for news afterwards.
 *
 * @package NotionSidecar
 */

namespace NotionSidecar;

defined( 'ABSPATH' ) || exit;

const FILTER = 'notion';

/**
 * Whether any post of a type comes from Notion: other lists stay as they are.
 *
 * @param string $type The post type.
 * @return bool
 */
function has_posts_from_notion( $type ) {
	global $wpdb;
	static $known = array();
	if ( ! isset( $known[ $type ] ) ) {
		// phpcs:ignore WordPress.DB.DirectDatabaseQuery -- the index on the names of fields leads to one row, among however many posts.
		$found          = $wpdb->get_var(
			$wpdb->prepare(
				"SELECT 1 FROM {$wpdb->postmeta} m JOIN {$wpdb->posts} p ON p.ID = m.post_id
				  WHERE m.meta_key IN (%s, %s) AND p.post_type = %s AND p.post_status <> 'auto-draft' LIMIT 1",
				PAGE_KEY,
				OLD_PAGE_KEY,
				$type
			)
		);
		$known[ $type ] = null !== $found;
	}
	return $known[ $type ];
}

/**
 * The condition that a post carries a marker. Both in one clause: two would join every field of a post with every other.
 *
 * @return array<string, mixed>
 */
function has_marker() {
	return array(
		'key'         => array( PAGE_KEY, OLD_PAGE_KEY ),
		'compare_key' => 'IN',
		'compare'     => 'EXISTS',
	);
}

// --- the column -------------------------------------------------------------------------------------------

/**
 * Adds the column.
 *
 * @param array<string, string> $columns The columns so far.
 * @param string                $type    The post type; WordPress does not name it for pages.
 * @return array<string, string>
 */
function posts_columns( $columns, $type = 'page' ) {
	return has_posts_from_notion( $type ) ? array_merge( $columns, array( 'notion-sidecar' => __( 'Notion', 'notion-sidecar' ) ) ) : $columns;
}

/**
 * Prints a cell of the column.
 *
 * @param string $column  The column.
 * @param int    $post_id The post.
 */
function posts_custom_column( $column, $post_id ) {
	if ( 'notion-sidecar' !== $column ) {
		return;
	}
	$post = shown_post( $post_id );
	if ( null === $post ) {
		echo '<span aria-hidden="true">—</span><span class="screen-reader-text">' . esc_html__( 'Not from Notion', 'notion-sidecar' ) . '</span>';
		return;
	}
	post_state( $post );
}

/**
 * Prints how a post stands; the script keeps it up to date.
 *
 * @param array<string, mixed> $post As shown_post() gives it.
 */
function post_state( $post ) {
	printf(
		'<div class="notion-sidecar-state" data-post="%d"><span class="notion-sidecar-chip is-%s">%s</span> <span class="notion-sidecar-when">%s</span></div>',
		(int) $post['id'],
		esc_attr( $post['tone'] ),
		esc_html( $post['words'] ),
		esc_html( $post['synced'] )
	);
}

// --- the filter -------------------------------------------------------------------------------------------

/**
 * The choices of the filter.
 *
 * @return array<string, string>
 */
function filter_choices() {
	return array_merge(
		array(
			''     => __( 'From anywhere', 'notion-sidecar' ),
			'any'  => __( 'From Notion', 'notion-sidecar' ),
			'none' => __( 'Not from Notion', 'notion-sidecar' ),
		),
		/* translators: %s: a state, such as Failed. */
		array_map( fn( $words ) => sprintf( __( 'From Notion: %s', 'notion-sidecar' ), $words ), state_words() )
	);
}

/**
 * The choice that was made.
 *
 * @return string
 */
function filter_chosen() {
	// phpcs:ignore WordPress.Security.NonceVerification -- a filter changes nothing.
	$chosen = isset( $_GET[ FILTER ] ) ? sanitize_text_field( wp_unslash( $_GET[ FILTER ] ) ) : '';
	return isset( filter_choices()[ $chosen ] ) ? $chosen : '';
}

/**
 * Prints the filter above the list.
 *
 * @param string $type The post type.
 */
function restrict_manage_posts( $type ) {
	if ( ! has_posts_from_notion( $type ) ) {
		return;
	}
	echo '<label class="screen-reader-text" for="notion-sidecar-filter">' . esc_html__( 'Filter by Notion', 'notion-sidecar' ) . '</label>';
	echo '<select name="' . esc_attr( FILTER ) . '" id="notion-sidecar-filter">';
	foreach ( filter_choices() as $value => $words ) {
		printf( '<option value="%s"%s>%s</option>', esc_attr( $value ), selected( filter_chosen(), $value, false ), esc_html( $words ) );
	}
	echo '</select>';
}

/**
 * Narrows the list to what was chosen.
 *
 * @param \WP_Query $query The query of the list.
 */
function pre_get_posts( $query ) {
	global $pagenow;
	if ( ! is_admin() || 'edit.php' !== $pagenow || ! $query->is_main_query() || '' === filter_chosen() ) {
		return;
	}
	$given = array_filter( (array) $query->get( 'meta_query' ) );
	$query->set( 'meta_query', array_merge( $given, array( chosen_query( filter_chosen() ) ) ) );
}

/**
 * The condition of a choice: what state_of_post() would say, told to the database.
 *
 * @param string $chosen The choice.
 * @return array<int|string, mixed>
 */
function chosen_query( $chosen ) {
	$bad = array( 'Failed', 'Conflict', 'Deferred' );
	if ( 'none' === $chosen ) {
		return array( lacks_field( PAGE_KEY ), lacks_field( OLD_PAGE_KEY ) );
	}
	$conditions = array( has_marker() );
	if ( in_array( $chosen, $bad, true ) ) {
		$conditions[] = has_field( STATUS_KEY, $chosen );
	} elseif ( 'Edited' === $chosen ) {
		$conditions[] = has_field( EDITED_KEY );
		$conditions[] = lacks_field( STATUS_KEY, $bad );
	} elseif ( 'Notes' === $chosen ) {
		$conditions[] = has_field( STATUS_KEY, 'Notes' );
		$conditions[] = lacks_field( EDITED_KEY );
	} elseif ( 'Success' === $chosen ) {
		$conditions[] = has_field( SYNCED_KEY );
		$conditions[] = lacks_field( STATUS_KEY, array_merge( $bad, array( 'Notes' ) ) );
		$conditions[] = lacks_field( EDITED_KEY );
	}
	return $conditions;
}

/**
 * The condition that a post has a field, with this value if one is given.
 *
 * @param string      $key   The field.
 * @param string|null $value The value.
 * @return array<string, string>
 */
function has_field( $key, $value = null ) {
	return null === $value ? array(
		'key'     => $key,
		'compare' => 'EXISTS',
	) : array( // phpcs:ignore WordPress.DB.SlowDBQuery -- the markers beside it narrow the search.
		'key'   => $key,
		'value' => $value,
	);
}

/**
 * The condition that a post does not have a field, or has it with none of these values.
 *
 * @param string   $key    The field.
 * @param string[] $values The values; none for any.
 * @return array<int|string, mixed>
 */
function lacks_field( $key, $values = array() ) {
	$missing = array(
		'key'     => $key,
		'compare' => 'NOT EXISTS',
	);
	$other   = array(
		'key'     => $key,
		'value'   => $values,
		'compare' => 'NOT IN',
	);
	return $values ? array(
		'relation' => 'OR',
		$missing,
		$other,
	) : $missing;
}

// --- the row action ---------------------------------------------------------------------------------------

/**
 * Adds what can be done with a post from Notion.
 *
 * @param array<string, string> $actions The actions so far.
 * @param \WP_Post              $post    The post.
 * @return array<string, string>
 */
function row_actions( $actions, $post ) {
	$page_id = current_user_can( 'edit_post', $post->ID ) ? page_of_post( $post->ID ) : '';
	if ( '' === $page_id ) {
		return $actions;
	}
	if ( '' !== options()['url'] && 'trash' !== $post->post_status ) {
		$words                          = __( 'Sync from Notion', 'notion-sidecar' );
		$actions['notion-sidecar-sync'] = sprintf( '<a href="%s" data-post="%d" aria-label="%s">%s</a>', esc_url( sync_link( $post->ID ) ), $post->ID, esc_attr( about( $words, $post ) ), esc_html( $words ) );
	}
	$words                          = __( 'Open in Notion', 'notion-sidecar' );
	$actions['notion-sidecar-open'] = sprintf( '<a href="%s" target="_blank" rel="noopener noreferrer" aria-label="%s">%s</a>', esc_url( page_url( $page_id ) ), esc_attr( about( $words, $post ) ), esc_html( $words ) );
	return $actions;
}

/**
 * What a link does and with which post, for those who hear one link without its row.
 *
 * @param string   $words What it says.
 * @param \WP_Post $post  The post.
 * @return string
 */
function about( $words, $post ) {
	/* translators: 1: where a link leads, such as Notion, 2: the title of a page. */
	return sprintf( __( '%1$s: %2$s', 'notion-sidecar' ), $words, _draft_or_post_title( $post ) );
}

/**
 * The script and style of the list.
 *
 * @param string $hook The screen.
 */
function list_scripts( $hook ) {
	if ( 'edit.php' === $hook && has_posts_from_notion( get_current_screen()->post_type ) ) {
		add_common();
		add_script( 'posts', array( 'notion-sidecar-common' ) );
	}
}
