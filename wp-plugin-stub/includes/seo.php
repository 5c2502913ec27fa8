<?php
/**
 * The fields of SEO plugins that a post from Notion may fill, and which of these plugins is here. What is written into
 * them comes over XML-RPC or REST like any other field.
 *
 * @package NotionSidecar
 */

namespace NotionSidecar;

defined( 'ABSPATH' ) || exit;

/**
 * The fields for title and description, by plugin.
 *
 * @return array<string, string[]>
 */
function seo_keys() {
	return array(
		'yoast'     => array( '_yoast_wpseo_title', '_yoast_wpseo_metadesc' ),
		'rank-math' => array( 'rank_math_title', 'rank_math_description' ),
		'seopress'  => array( '_seopress_titles_title', '_seopress_titles_desc' ),
		'aioseo'    => array( '_aioseo_title', '_aioseo_description' ),
	);
}

/**
 * The SEO plugin of this site; empty when there is none that is known here.
 *
 * @return string A key of `seo_keys`.
 */
function seo_plugin() {
	$constants = array(
		'WPSEO_VERSION'     => 'yoast',
		'RANK_MATH_VERSION' => 'rank-math',
		'SEOPRESS_VERSION'  => 'seopress',
		'AIOSEO_VERSION'    => 'aioseo',
	);
	foreach ( $constants as $constant => $name ) {
		if ( defined( $constant ) ) {
			return $name;
		}
	}
	return '';
}

/**
 * Registers these fields for a type of post. They are cleaned by the plugin that they belong to.
 *
 * @param string $type The type.
 */
function register_seo_fields( $type ) {
	foreach ( array_merge( ...array_values( seo_keys() ) ) as $key ) {
		register_post_meta(
			$type,
			$key,
			array(
				'type'          => 'string',
				'single'        => true,
				'show_in_rest'  => editors_only(),
				'auth_callback' => __NAMESPACE__ . '\may_write_field',
			)
		);
	}
}
