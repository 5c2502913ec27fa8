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
// The further sites of a network have WordPress's own files under their folder, too.
if (preg_match('#^/[^/]+(/(?:wp-admin|wp-includes|wp-content)/.*|/[^/]+\.php)$#', urldecode($path), $found)) {
    [$_, $path] = $found;
    $file = __DIR__ . $path;
    if (is_file($file) && substr($file, -4) !== '.php') {
        $types = ['css' => 'text/css', 'js' => 'text/javascript', 'svg' => 'image/svg+xml'];
        header('Content-Type: ' . ($types[pathinfo($file, PATHINFO_EXTENSION)] ?? mime_content_type($file)));
        readfile($file);
        exit;
    }
}
$below = rtrim($path, '/') . '/index.php';
$index = is_file($file) ? $path : (is_file(__DIR__ . urldecode($below)) ? $below : '/index.php');
$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = $index;
$_SERVER['SCRIPT_FILENAME'] = __DIR__ . $index;
chdir(dirname(__DIR__ . $index));
require __DIR__ . $index;
