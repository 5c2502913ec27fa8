<?php
// install.php SITE URL TITLE ZONE: makes the site's database, a user of each role, an application password for each.
[$_, $dir, $url, $title, $zone] = $argv;
$parts = parse_url($url);
$_SERVER += ['HTTP_HOST' => $parts['host'] . ':' . ($parts['port'] ?? 80), 'REQUEST_URI' => '/',
    'SERVER_PROTOCOL' => 'HTTP/1.1', 'REQUEST_METHOD' => 'GET'];
$_SERVER['PHP_SELF'] = '/index.php';
define('WP_INSTALLING', true);
require "$dir/wp-load.php";
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
add_filter('pre_wp_mail', '__return_true');
if (!is_blog_installed()) {
    wp_install($title, 'admin', 'admin@example.test', false, '', 'admin-pass-1');
}
update_option('siteurl', $url);
update_option('home', $url);
update_option('blogname', $title);
update_option('timezone_string', $zone);
update_option('permalink_structure', '/%postname%/');
$GLOBALS['wp_rewrite']->init();
foreach (get_posts(['numberposts' => -1, 'post_type' => 'any', 'post_status' => 'any']) as $post) {
    wp_delete_post($post->ID, true);   // WordPress's own sample content
}
$out = [];
foreach (['admin', 'editor', 'author', 'contributor', 'subscriber'] as $name) {
    if (!username_exists($name)) {
        wp_insert_user(['user_login' => $name, 'user_pass' => "$name-pass-1", 'user_email' => "$name@example.test",
            'display_name' => ucfirst($name), 'role' => $name]);
    }
    [$secret] = WP_Application_Passwords::create_new_application_password(
        get_user_by('login', $name)->ID, ['name' => 'sidecar']);
    $out[$name] = $secret;
}
echo json_encode($out);
