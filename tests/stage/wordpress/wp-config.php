<?php
$database = json_decode(getenv('STAGE_DATABASE') ?: '{}', true);   // empty: SQLite
define('DB_NAME', $database['name'] ?? 'wp');
define('DB_USER', $database['user'] ?? '');
define('DB_PASSWORD', $database['password'] ?? '');
define('DB_HOST', $database ? $database['host'] . ':' . $database['port'] : '');
define('DB_DIR', __DIR__ . '/wp-content/database/');
define('DB_FILE', 'wp.sqlite');
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
$table_prefix = 'wp_';
foreach (['AUTH_KEY', 'SECURE_AUTH_KEY', 'LOGGED_IN_KEY', 'NONCE_KEY', 'AUTH_SALT', 'SECURE_AUTH_SALT',
    'LOGGED_IN_SALT', 'NONCE_SALT'] as $key) {
    define($key, hash('sha256', 'test' . $key));
}
define('WP_ENVIRONMENT_TYPE', getenv('STAGE_ENVIRONMENT') ?: 'local');   // local: application passwords over http
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('DISABLE_WP_CRON', true);
define('FS_METHOD', 'direct');
if (!defined('ABSPATH')) {
    define('ABSPATH', __DIR__ . '/');
}
require_once ABSPATH . 'wp-settings.php';
