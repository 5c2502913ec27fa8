// Calls a PHP that was compiled to WebAssembly as `php` is called. It sees the files and the network of this machine.
//   node php.mjs FOLDER PACKAGE [-d NAME=VALUE]... (-r CODE | FILE [WORD]... | -S HOST:PORT -t ROOT ROUTER)
import { File } from 'node:buffer';
import { webcrypto } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { createReadStream, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { extname, join } from 'node:path';

const [folder, name, ...words] = process.argv.slice(2);
// Node 18, which Debian has, keeps these apart.
globalThis.File ??= File;
globalThis.crypto ??= webcrypto;
const require = createRequire(join(folder, 'package.json'));
const { PHP, loadPHPRuntime, setPhpIniEntries } = require('@php-wasm/universal');
const TYPES = { '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml', '.png': 'image/png', '.html': 'text/html' };
const OWN = ['dev', 'internal', 'proc', 'request']; // of PHP's own world, which has no use for ours

const ini = {}, given = {};
while (/^-[drSt]$/.test(words[0] ?? '')) {
    const [flag, value] = words.splice(0, 2);
    const at = value.indexOf('=');
    if (flag === '-d') ini[value.slice(0, at)] = value.slice(at + 1);
    else given[flag] = value;
}

/** A TCP connection that looks like a `WebSocket`, which is all that emscripten can open. */
class Connection extends EventEmitter {
    CONNECTING = 0; OPEN = 1; CLOSING = 2; CLOSED = 3; readyState = 0;
    constructor(url) {
        super();
        const { hostname, port } = new URL(url);
        this.url = url;
        this.tcp = connect(port, hostname);
        this.tcp.on('connect', () => { this.readyState = this.OPEN; this.emit('open'); });
        this.tcp.on('data', (data) => this.emit('message', data, true));
        this.tcp.on('error', (error) => this.emit('error', error));
        this.tcp.on('close', () => { this.readyState = this.CLOSED; this.emit('close'); });
    }
    send(data) { this.tcp.write(new Uint8Array(data)); }
    close() { this.readyState = this.CLOSING; this.tcp.end(); }
}

async function started() {
    const loader = await require(name).getPHPLoaderModule();
    const php = new PHP(await loadPHPRuntime(loader, { ENV: process.env, websocket: { decorator: () => Connection } }));
    for (const root of readdirSync('/').filter((entry) => !OWN.includes(entry) && statSync('/' + entry).isDirectory())) {
        php.mkdir('/' + root);
        await php.mount('/' + root, (_, FS, at) => {
            FS.mount(FS.filesystems.NODEFS, { root: at }, at);
            return () => FS.unmount(at);
        });
    }
    await setPhpIniEntries(php, ini);
    php.chdir(process.cwd());
    return php;
}

/** What came of it; that PHP ended with a failure is an answer, too. */
function ran(php, what) {
    return php.run(what).catch((error) => error.response ?? Promise.reject(error));
}

async function run(php) {
    const [file, told] = [JSON.stringify(words[0] ?? ''), Buffer.from(JSON.stringify(words)).toString('base64')];
    const script = `<?php $argv = $_SERVER['argv'] = json_decode(base64_decode('${told}')); $argc = count($argv); require ${file};`;
    const done = await ran(php, { code: given['-r'] ? `<?php ${given['-r']}` : script });
    process.stderr.write(done.errors);
    // `php` passes over a first line that names it.
    process.stdout.write(done.text.replace(/^#!.*\n/, ''), () => process.exit(done.exitCode));
}

const isFile = (path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

async function answer(php, request, response) {
    const url = new URL(request.url, `http://${request.headers.host}`);
    const file = join(given['-t'], decodeURIComponent(url.pathname));
    if (isFile(file) && extname(file) !== '.php') {
        response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream' });
        return createReadStream(file).pipe(response);
    }
    const parts = [];
    for await (const part of request) parts.push(part);
    const script = isFile(file) ? url.pathname : '/index.php';
    const done = await ran(php, {
        scriptPath: isFile(file) ? file : words[0],
        relativeUri: request.url, method: request.method, headers: request.headers, body: Buffer.concat(parts),
        $_SERVER: {
            DOCUMENT_ROOT: given['-t'], SCRIPT_NAME: script, PHP_SELF: script, SCRIPT_FILENAME: join(given['-t'], script),
            REMOTE_ADDR: '127.0.0.1', SERVER_NAME: url.hostname, SERVER_PORT: url.port, SERVER_PROTOCOL: 'HTTP/1.1',
        },
    });
    process.stderr.write(done.errors);
    response.writeHead(done.httpStatusCode, done.headers);
    return response.end(done.bytes);
}

const php = await started();
if (given['-S']) {
    const [host, port] = given['-S'].split(':');
    let turn = Promise.resolve(); // one request after the other: there is one PHP
    createServer((request, response) => {
        turn = turn.then(() => answer(php, request, response)).catch((error) => {
            process.stderr.write(`${error.stack ?? error}\n`);
            response.writeHead(500).end(String(error));
        });
    }).listen(Number(port), host);
} else {
    await run(php);
}
