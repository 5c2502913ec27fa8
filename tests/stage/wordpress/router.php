<?php
// php -S needs this for pretty permalinks and /wp-json.
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$file = __DIR__ . urldecode($path);
if ($path !== '/' && is_dir($file) && substr($path, -1) !== '/') {
    header('Location: ' . $path . '/');
    exit;
}
if ($path !== '/' && is_file($file)) {
    return false;
}
$index = $path !== '/' && is_file(rtrim($file, '/') . '/index.php') ? rtrim($path, '/') . '/index.php' : '/index.php';
$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = $index;
$_SERVER['SCRIPT_FILENAME'] = __DIR__ . $index;
chdir(dirname(__DIR__ . $index));
require __DIR__ . $index;
