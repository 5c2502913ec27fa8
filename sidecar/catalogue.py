"""Everything that goes wrong outside of this program, in one table: what is said, why it happens, what to do.

The adapters make their errors from it, so that a terminal, a page in Notion, Telegram and the status page say the
same; docs/errors.md is made from it. In braces stands what differs each time. No error is raised here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """`id` is its name for good. `words` and `do` are shown to people; `cause` stands in the documentation."""

    id: str
    words: str
    cause: str
    do: str = ""
    check: str = ""
    """The doctor's check that finds it; empty when it may be over before a doctor comes."""


SHARE = "In Notion open the page or database, then ••• > Connections, and add the integration."
ASK_EDITOR = "Give this user the role Editor (wp-admin > Users)."
OTHER_WAY = "Or set WP_TRANSPORT=auto: then the REST API is used instead."
UNBLOCK = (
    "A security plugin, a firewall or the web server blocks it: "
    "allow xmlrpc.php there for the machine that the sidecar runs on, "
    "or set WP_TRANSPORT=auto: then the REST API is used instead."
)
UNBLOCK_REST = (
    "A security plugin, a firewall or the web server blocks it: "
    "allow the REST API (/wp-json/) there for the machine that the sidecar runs on."
)
LOGIN = (
    "Check WP_USERNAME (the name to log in with, not the one that you gave the password), "
    "and make a new application password for it "
    "(wp-admin > Users > Profile > Application Passwords); the password of the login page does not do."
)
SILENCE = (
    "A plugin or a theme prints that; switch the display of PHP messages off "
    "(WP_DEBUG_DISPLAY false, display_errors off) and mend what it names."
)
LOG = "Its PHP error log says why."

# --- Notion ----------------------------------------------------------------------------------------------

NOTION_TOKEN = Entry(
    "notion-token",
    "Notion does not accept the token.",
    "The secret was copied in part, belongs to a deleted integration, or was made anew there.",
    "Copy the integration's secret again (notion.so/profile/integrations) and set NOTION_TOKEN.",
    "notion token",
)
NOTION_UNREACHABLE = Entry(
    "notion-unreachable",
    "Notion cannot be reached ({reason}).",
    "No network, no name service, or a firewall between this machine and Notion.",
    "Look whether this machine reaches https://api.notion.com; it is tried again.",
    "notion token",
)
NOTION_SILENT = Entry(
    "notion-silent", "Notion does not answer in time.", "Notion is slow or has trouble.", "It is tried again."
)
NOTION_DOWN = Entry(
    "notion-down",
    "Notion is not working at the moment ({status}).",
    "Notion has trouble of its own (status.notion.so).",
    "Nothing: it is tried again.",
)
NOTION_SLOW_DOWN = Entry(
    "notion-slow-down",
    "Notion asks us to slow down.",
    "Other programs use the same token, or the workspace as a whole is over its limit.",
    "Nothing: it goes on by itself. If it happens often, lower NOTION_RATE_PER_MINUTE.",
)
NOTION_UNSURE = Entry(
    "notion-unsure",
    "Notion does not know whether it did what was asked (503).",
    "Notion had trouble in the middle of a write.",
    "Nothing: the page is read again before anything is written.",
)
NOTION_BLOCKED = Entry(
    "notion-blocked",
    "Notion has blocked this integration.",
    "Notion's support or a workspace owner did that.",
    "Ask Notion's support.",
    "notion token",
)
NOTION_PROXY = Entry(
    "notion-proxy",
    "Something between here and Notion answers {status}.",
    "The answer is not Notion's: a proxy or a firewall gave it.",
    "A firewall or proxy may be in the way.",
    "notion token",
)
NOTION_ADDRESS = Entry(
    "notion-address",
    "NOTION_BASE_URL is not a web address.",
    "The setting was given, and is misspelt.",
    "Leave it unset to speak to Notion itself.",
    "notion token",
)
NOTION_RIGHTS = Entry(
    "notion-rights",
    "Notion does not let the integration do this: {said}",
    "The integration lacks a capability: to read, or to update content.",
    "Give the integration the capabilities to read and update content (notion.so/profile/integrations).",
    "notion writing",
)
NOTION_BLOCK_LIMIT = Entry(
    "notion-block-limit",
    "The Notion workspace is over its block limit.",
    "A free workspace with several members holds so many blocks and no more.",
    "Free blocks or change the plan.",
)
NOTION_UNSHARED = Entry(
    "notion-unshared",
    "Notion does not show this: it is not shared with the integration, or was deleted.",
    "An integration sees only what was connected with it.",
    SHARE,
    "notion data source",
)
NOTION_NO_SOURCE = Entry(
    "notion-no-source",
    "Notion shows neither a database nor a data source with the id {id}: it is not shared with the integration, or "
    "was deleted.",
    "An integration sees only databases that were connected with it; or the id is that of a page.",
    SHARE,
    "notion data source",
)
NOTION_IS_PAGE = Entry(
    "notion-is-page",
    "{id} is a page and not the database that holds the pages to publish.",
    "The link of a single page, or of a page that shows the database, was copied.",
    "Open the database as a full page, and copy its link (Share > Copy link).",
    "notion data source",
)
NOTION_IS_DATABASE = Entry(
    "notion-is-database",
    "{id} is the database itself and not a page in it.",
    "The link of the database, or of one of its views, was copied.",
    "Open the page in Notion, and copy its link (Share > Copy link).",
)
NOTION_CHANGED = Entry(
    "notion-changed",
    "A block was removed from the page while it was read.",
    "Somebody edits the page at this moment.",
    "Nothing: it is read again.",
)
NOTION_FILE_GONE = Entry(
    "notion-file-gone",
    "The file {name} is no longer in the page.",
    "Somebody took it out while the page was published.",
    "Set the page's status again.",
)
NOTION_NESTED = Entry(
    "notion-nested",
    "The blocks of the page are nested more than {most} levels deep.",
    "A synced block contains itself, directly or by way of others.",
    "A synced block may contain itself: take it out.",
)
NOTION_GARBLED = Entry(
    "notion-garbled",
    "Notion's answer cannot be understood: {how}.",
    "Notion has trouble of its own, or a proxy or a firewall changes what it answers.",
    "It is tried again. If it stays like this, look for a proxy between this machine and Notion.",
)
NOTION_REFUSED = Entry(
    "notion-refused",
    "Notion refused: {said}",
    "Notion found what was asked wrong, in words that the sidecar does not know.",
    "What Notion says is the reason. If it names a property, look whether it was renamed or has another type now.",
)
NOTION_CROWDED = Entry(
    "notion-crowded",
    "More than 10,000 pages were edited in one minute: Notion does not list them all.",
    "An import or another program has changed the whole data source at once.",
    "Edit some of these pages later, or name pages with sidecar sync --page.",
)
NOTION_MANY_SOURCES = Entry(
    "notion-many-sources",
    "The database has {number} data sources.",
    "A database may hold several data sources, and only one of them is published from.",
    "Set NOTION_DATA_SOURCE_ID to the one to publish from: {names}",
    "notion data source",
)
NOTION_ID = Entry(
    "notion-id",
    "NOTION_DATA_SOURCE_ID: {reason}",
    "The setting is neither an id nor a link.",
    "Copy the link of your database (Share > Copy link).",
    "notion data source",
)
NOTION_NO_STATUS = Entry(
    "notion-no-status",
    "The data source has no property {name!r}.",
    "The status property was renamed or removed in Notion, or has always had another name.",
    "It has: {names}. Set NOTION_STATUS_PROPERTY.",
    "notion status",
)
NOTION_STATUS_TYPE = Entry(
    "notion-status-type",
    "The property {name!r} is of type {kind}.",
    "Only a property of type Status or Select has options to ask with.",
    "It has to be of type Status or Select.",
    "notion status",
)
NOTION_NO_OPTION = Entry(
    "notion-no-option",
    "The property {name!r} has no option {missing}. It has: {names}.",
    "An option was renamed or removed in Notion, or has another name than the settings say.",
    "Add the option in Notion, or set NOTION_STATUS_READY, NOTION_STATUS_DONE, NOTION_STATUS_ERROR.",
    "notion status",
)
NOTION_NOT_TAKEN = Entry(
    "notion-not-taken",
    "Notion did not take {what}: {said}",
    "The option that was to be written is not there any more.",
    "Add that option in Notion, or set NOTION_STATUS_DONE and NOTION_STATUS_ERROR to options that exist.",
    "notion status",
)
NOTION_PAGE_NO_STATUS = Entry(
    "notion-page-no-status",
    "The page has no status property {name!r}.",
    "The page is not in the data source that is published from, or the property was renamed a moment ago.",
    "It has: {names}. Set NOTION_STATUS_PROPERTY.",
    "notion status",
)
NOTION_PAGE_NO_PROPERTY = Entry(
    "notion-page-no-property",
    "The page has no {kind} property {name!r}.",
    "The property for the link, or for messages, was renamed or removed in Notion.",
    "It has: {names}. Set {setting}.",
    "notion message",
)

# --- WordPress -------------------------------------------------------------------------------------------

WP_UNREACHABLE = Entry(
    "wp-unreachable",
    "{url} cannot be reached: {reason}.",
    "The site is down, its name is not known, or a firewall lets nobody through.",
    "Check that the site is up and that WP_URL is spelt right.",
    "wordpress address",
)
WP_CERTIFICATE = Entry(
    "wp-certificate",
    "The certificate of {url} is not valid: {reason}.",
    "It has run out, is for another name, or nobody who is trusted has signed it.",
    "Renew it, or correct WP_URL.",
    "wordpress address",
)
WP_MOVED = Entry(
    "wp-moved",
    "{url} sends us on to {new}.",
    "The site is at home under another address: https, or with or without www. A password is not sent after it.",
    "Set WP_URL to {new} in your settings.",
    "wordpress address",
)
WP_NO_ANSWER = Entry(
    "wp-no-answer",
    "{url} gave no answer while {doing} ({reason}).",
    "The connection broke off, or the site took longer than 85 seconds.",
    "Is the site overloaded, or is the file large?",
)
WP_BUSY = Entry(
    "wp-busy",
    "{url} is busy: it answered {status} while {doing}.",
    "The host limits requests, or the site is being updated.",
    "",
)
WP_BROKEN = Entry(
    "wp-broken",
    "{url} failed with an error of its own ({status}) while {doing}{said}",
    "A plugin, a theme or PHP itself failed on the site.",
    LOG + "{memory}",
)
WP_LOGIN = Entry(
    "wp-login",
    "{url} does not accept the user {user}: {said}",
    "User or password are wrong, the password was revoked, or application passwords are switched off there.",
    LOGIN,
    "wordpress login",
)
WP_LOGIN_PAGE = Entry(
    "wp-login-page",
    "{url} sends us to a login page instead of answering.",
    "A plugin hides the site, or its xmlrpc.php, from everybody who is not logged in.",
    UNBLOCK,
    "wordpress xml-rpc",
)
WP_SECOND_PASSWORD = Entry(
    "wp-second-password",
    "{url} asks for a second password in front of WordPress (401).",
    "The web server protects the site with a password of its own, as test sites often are.",
    "Take the web server's password protection away from xmlrpc.php, or put it into WP_URL: https://name:password@... "
    "Over the REST API only the first does, for /wp-json/.",
    "wordpress xml-rpc",
)
WP_SWITCHED_OFF = Entry(
    "wp-switched-off",
    "XML-RPC is switched off on {url}{said}.",
    "A plugin that closes XML-RPC, or a line of code with the filter xmlrpc_enabled.",
    "A security plugin or a line of code does that (the filter xmlrpc_enabled): allow it again. " + OTHER_WAY,
    "wordpress login",
)
WP_NO_XMLRPC = Entry(
    "wp-no-xmlrpc",
    "There is no xmlrpc.php at {url}: it answered {status}.",
    "WP_URL is not WordPress's own address, or the host pretends that there is no such file.",
    "Check that WP_URL is the address of WordPress itself. " + UNBLOCK,
    "wordpress xml-rpc",
)
WP_BLOCKED = Entry(
    "wp-blocked",
    "xmlrpc.php of {url} is blocked: it answered {status}{said}.",
    "Many hosts and security plugins let nobody at xmlrpc.php.",
    UNBLOCK,
    "wordpress xml-rpc",
)
WP_NO_METHOD = Entry(
    "wp-no-method",
    "{url} refused {doing}: the site does not know this XML-RPC method ({said}).",
    "A plugin takes single methods, or all, out of XML-RPC.",
    "A plugin has taken it away: look for one that disables XML-RPC or limits its methods. " + OTHER_WAY,
    "wordpress methods",
)
WP_WEB_PAGE = Entry(
    "wp-web-page",
    "{url} answers with a web page ({said}) instead of XML-RPC.",
    "A firewall shows a check page, or WP_URL leads to something else than WordPress.",
    "Is WP_URL the address of WordPress itself? Does a firewall show a check page? " + UNBLOCK,
    "wordpress xml-rpc",
)
WP_EMPTY = Entry(
    "wp-empty",
    "{url} gave an empty answer.",
    "PHP ended in the middle: out of memory, out of time, or a plugin that fails.",
    LOG,
    "wordpress xml-rpc",
)
WP_UNSAFE = Entry(
    "wp-unsafe",
    "The answer of {url} is not safe to read ({said}).",
    "It holds XML that would blow up whoever reads it. WordPress never sends such a thing.",
    "Is the site hacked?",
    "wordpress xml-rpc",
)
WP_PRINTS_BEFORE = Entry(
    "wp-prints-before",
    "{url} prints text before its answer: {said}",
    "A plugin or a theme prints a PHP message, or blank lines, into every answer.",
    SILENCE,
    "wordpress xml-rpc",
)
WP_PRINTS_AFTER = Entry(
    "wp-prints-after",
    "{url} prints text after its answer: {said}",
    "A plugin, a theme or a cache prints something at the end of every answer.",
    SILENCE,
    "wordpress xml-rpc",
)
WP_GARBLED = Entry(
    "wp-garbled",
    "The answer of {url} cannot be understood {said}",
    "Something has changed it on its way, or a plugin prints into the middle of it.",
    SILENCE,
    "wordpress xml-rpc",
)
WP_TOO_LARGE = Entry(
    "wp-too-large",
    "{url} takes no upload of this size: {doing}, {size} MB.{accepts}",
    "The web server in front of WordPress takes only so much at once; nginx 1 MB, unless it is told otherwise.",
    "Raise the web server's limit (nginx: client_max_body_size, Apache: LimitRequestBody) to at least {limit} MB, "
    "for a file grows by a third on its way over XML-RPC; or make the file smaller.",
    "wordpress file size",
)
WP_RIGHTS = Entry(
    "wp-rights",
    "{url} refused {doing}: the user {user} may not {what} ({said}).",
    "The user's role does not allow it: only Editors and Administrators may do all that a sync does.",
    ASK_EDITOR,
    "wordpress role",
)
WP_STORAGE = Entry(
    "wp-storage",
    "{url} refused {doing}: WordPress cannot store the file ({said}).",
    "Its disk is full, or the web server may not write to its folder for uploads.",
    "Is the disk of the site full? May the web server write to wp-content/uploads?",
    "wordpress upload",
)
WP_NO_TYPE = Entry(
    "wp-no-type",
    "{url} refused {doing}: there is no such post type ({said}).",
    "The plugin or theme that registers the type is switched off, or the name is misspelt.",
    "Correct the page's Post type, or WP_POST_TYPE.",
    "wordpress post type",
)
WP_MISSING = Entry(
    "wp-missing",
    "{url} refused {doing}: {said}",
    "The post, file, term or user was deleted in WordPress, or this user may not see it.",
    "Mostly nothing: a post that is gone is made again. If it stays, look whether it is in WordPress's trash.",
)
WP_HELD = Entry(
    "wp-held",
    "{url} refused {doing}: {said}",
    "The companion plugin lets only one sync at a time write the post of a page.",
    "Something else writes this page's post in this moment.",
)
WP_NOTHING_TO_SAY = Entry(
    "wp-nothing-to-say",
    "{url} refused {doing}: the post would be empty ({said}).",
    "WordPress keeps no post that has neither a title nor a text.",
    "Give the page a title or some text.",
)
WP_FILE_TYPE = Entry(
    "wp-file-type",
    "{url} refused {doing}: WordPress does not take this kind of file ({said}).",
    "WordPress takes only the types of files on its list; some hosts shorten it.",
    "Use another format, or let a plugin of the site allow this one (the filter upload_mimes).",
)
WP_DATABASE = Entry(
    "wp-database",
    "{url} refused {doing}: WordPress's database did not take the post ({said}).",
    "The title is too long for its column, or the database is full or damaged.",
    "Is the title longer than 65,000 characters? Otherwise look at the database: is it full, is it damaged?",
)
WP_QUOTA = Entry(
    "wp-quota",
    "{url} refused {doing}: the site's storage is used up ({said}).",
    "A network of sites gives each so many megabytes.",
    "Ask the network's administrator for more.",
)
WP_SAME_NAME = Entry(
    "wp-same-name",
    "{url} refused {doing}: two categories have the same name ({said}).",
    "Over XML-RPC a term is asked for by its name, and two terms of one taxonomy have it.",
    "Rename one of them.",
)
WP_CHANGED = Entry(
    "wp-changed",
    "{url} refused {doing}: WordPress could not read what we sent ({said}).",
    "The request was cut or changed on its way.",
    "Something between us and the site may have changed or cut it: a firewall, a proxy, a size limit.",
)
WP_NOT_WHOLE = Entry(
    "wp-not-whole",
    "{url} refused {doing}: the file did not arrive whole ({said}).",
    "PHP or the site takes only so much at once.",
    "Raise PHP's post_max_size and upload_max_filesize, or the site's storage.",
)
WP_NO_TAXONOMY = Entry(
    "wp-no-taxonomy",
    "{url} refused {doing}: there is no such taxonomy ({said}).",
    "The plugin or theme that registers it is switched off, or the name is misspelt.",
    "Correct the name in the mapping (taxonomy:name), or switch the plugin on again.",
)
WP_NO_AUTHOR = Entry(
    "wp-no-author",
    "{url} refused {doing}: there is no such author ({said}).",
    "The user was deleted, or belongs to another site of the network.",
    "Correct the page's Author, or add the user to the site.",
)
WP_NO = Entry(
    "wp-no",
    "{url} refused {doing}: {said}",
    "WordPress, or a plugin, said no with words that the sidecar does not know.",
    "What WordPress says is the reason. If it names none, look for a plugin that changes how posts are saved.",
)
WP_RESTLESS = Entry(
    "wp-restless",
    "Posts disappear from {url} while they are being looked through.",
    "Somebody deletes many posts at this moment.",
)
WP_REPEATS = Entry(
    "wp-repeats",
    "{url} gives the same posts again and again: older ones cannot be looked through.",
    "A plugin changes which posts wp.getPosts gives.",
    "A plugin changes wp.getPosts; without it, or with the companion plugin, this works.",
)
WP_DROPPED = Entry(
    "wp-dropped",
    "{url} dropped {what} without a word.",
    "WordPress takes a protected custom field only where a plugin has announced it.",
    "Only with the companion plugin does it take such a field: is the plugin switched on?",
)
WP_HALF = Entry(
    "wp-half",
    "{url} did not do all of {doing}: {what}.",
    "A plugin changes posts while they are saved, or the user's role does not allow all of it.",
    "Look for a plugin that changes how posts are saved. " + ASK_EDITOR,
)
WP_NO_TEMPLATE = Entry(
    "wp-no-template",
    "Posts of the type {type} cannot be given a template on {url}: the REST API has none.",
    "The type is registered without the REST API (show_in_rest), and a template can be set by no other way.",
    "Take Template off the page or the mapping, or register the type with show_in_rest.",
)
REST_FIELD = Entry(
    "rest-field",
    "{url} does not let us write the custom field {names} over REST.",
    "Over REST WordPress takes only custom fields that a plugin or a theme has registered for it.",
    "Register it with show_in_rest (register_post_meta), or allow XML-RPC and set WP_TRANSPORT=xmlrpc.",
)
REST_CLOSED = Entry(
    "rest-closed",
    "The REST API of {url} is closed: it answered {status} ({said}).",
    "A plugin or the host closes the REST API.",
    UNBLOCK_REST,
    "wordpress login",
)
REST_WEB_PAGE = Entry(
    "rest-web-page",
    "The REST API of {url} answers with a web page ({said}).",
    "A firewall shows a check page, or WP_URL leads to something else than WordPress.",
    UNBLOCK_REST,
    "wordpress login",
)
REST_PRINTS = Entry(
    "rest-prints",
    "The REST API of {url} prints text around its answer: {said}",
    "A plugin or a theme prints a PHP message, or blank lines, into every answer.",
    SILENCE,
    "wordpress login",
)

# --- the ledger, and the rest of the machine ----------------------------------------------------------------

LEDGER_FULL = Entry(
    "ledger-full",
    "There is no room left on the disk of {where}.",
    "Other files have filled the disk.",
    "Free some space and sync again.",
    "ledger",
)
LEDGER_READ_ONLY = Entry(
    "ledger-read-only",
    "{where} cannot be written.",
    "It belongs to another user, or lies on a disk that may only be read.",
    "Give the sidecar's user write access to it and its folder.",
    "ledger",
)
LEDGER_CLOSED = Entry(
    "ledger-closed",
    "{where} cannot be opened.",
    "DATABASE_URL names a folder, or a file in a folder that the sidecar's user may not enter.",
    "Check that DATABASE_URL names a file in a writable folder.",
    "ledger",
)
LEDGER_DAMAGED = Entry(
    "ledger-damaged",
    "{where} is damaged, or no SQLite file.",
    "The file was cut or overwritten, or another file has its name.",
    "Restore it from a backup, or see sidecar adopt.",
    "ledger",
)
LEDGER_LOCKED = Entry(
    "ledger-locked",
    "{where} is locked by another program.",
    "Something holds the database for longer than ten seconds, such as a backup or an editor of databases.",
    "Close that program, or wait, and sync again.",
)
LEDGER_NEWER = Entry(
    "ledger-newer",
    "{where} was written by a newer version of the sidecar (it knows {steps}).",
    "The program was set back to an older version, or another machine that shares the database was upgraded first.",
    "Install that version again, or restore the backup of the ledger that was made before the upgrade.",
    "ledger",
)
LEDGER_GONE = Entry(
    "ledger-gone",
    "The ledger {where} was deleted or replaced while the sidecar was running.",
    "Somebody tidied the folder, or put a backup in the place of the file, without stopping the service.",
    "Put a backup in its place, or run sidecar adopt, and sync again.",
)
LEDGER_SILENT = Entry(
    "ledger-silent",
    "{where} does not answer: {reason}",
    "The database server is down, or its address, user or password in DATABASE_URL are wrong.",
    "Check DATABASE_URL and that the database is running.",
    "ledger",
)
PACE_FILE = Entry(
    "pace-file",
    "The file that keeps the pace of Notion calls cannot be used ({reason}): {path}.",
    "Its disk is full, or its folder may not be written by the sidecar's user.",
    "Make room on its disk and let the sidecar write to its folder. The file itself may be deleted.",
)
NOTION_RESTS = Entry(
    "notion-rests",
    "The far end wants to be left alone for another {minutes} minutes.",
    "Notion has asked for a rest that is too long to wait for within one run.",
    "Nothing: it goes on by itself, when the time is over.",
)
REDIS_SILENT = Entry(
    "redis-silent",
    "Redis does not answer ({reason}).",
    "It is not running, or REDIS_URL leads elsewhere. A sync works without it; only waking is slower.",
    "Start it, correct REDIS_URL, or leave REDIS_URL empty: a sync needs none.",
    "redis",
)
TELEGRAM_UNREACHABLE = Entry(
    "telegram-unreachable",
    "Telegram could not be reached ({reason}).",
    "No network, or a firewall between this machine and Telegram.",
    "Pages are published all the same; only the summary is lost.",
    "telegram",
)
TELEGRAM_REFUSED = Entry(
    "telegram-refused",
    "Telegram refused: {said}.",
    "Token or chat are wrong, or the bot was thrown out of the chat.",
    "Check TELEGRAM_BOT_TOKEN and TELEGRAM_CHAT_ID, and that the bot may write to the chat.",
    "telegram",
)
TELEGRAM_SLOW_DOWN = Entry(
    "telegram-slow-down",
    "Telegram asks us to wait: {said}",
    "The bot writes more than Telegram allows, to this chat or at all.",
    "Pages are published all the same; only the summary is lost.",
)
TELEGRAM_DOWN = Entry(
    "telegram-down",
    "Telegram is not working: {said}",
    "Telegram has trouble of its own.",
    "Pages are published all the same; only the summary is lost.",
)

# --- files that a page shows, wherever they lie --------------------------------------------------------------

FILE_ADDRESS = Entry(
    "file-address",
    "A file's address is no web address.",
    "The page links to something that is not on the web.",
    "Only http and https are read.",
)
FILE_MISSPELT = Entry(
    "file-misspelt",
    "A file's address is not a valid web address.",
    "Its name or its port cannot be.",
    "Correct it in the page.",
)
FILE_PRIVATE = Entry(
    "file-private",
    "{host} is an address inside a private network; files are not read from there.",
    "Whoever writes a page could otherwise read what only this machine can reach.",
    "Upload the file to Notion, or name host:port in MEDIA_ALLOWED_PRIVATE_HOSTS.",
)
FILE_MOVES_ON = Entry(
    "file-moves-on",
    "{host} redirects {how}.",
    "The server sends us round in a circle, or to nowhere.",
    "Use the file's final address.",
)
FILE_GONE = Entry(
    "file-gone",
    "A file is no longer at {host} ({status}).",
    "It was deleted or moved there.",
    "Put it into the page again, or remove it.",
)
FILE_WITHHELD = Entry(
    "file-withheld",
    "{host} does not give a file away ({status}).",
    "It is for people who are logged in, or its server lets no programs at it.",
    "Upload the file to Notion itself.",
)
FILE_TOO_LARGE = Entry(
    "file-too-large",
    "A file at {host} {size}; at most {most} MB are taken over.",
    "A file is held in memory while it is taken over, so there is a limit.",
    "Make it smaller, or raise MEDIA_MAX_BYTES.",
)
FILE_SILENT = Entry("file-silent", "{host} does not answer in time.", "The server of the file is slow, or down.")
FILE_SLOW = Entry(
    "file-slow", "{host} takes too long to send a file.", "The server of the file, or the way to it, is slow."
)
FILE_UNREACHABLE = Entry(
    "file-unreachable",
    "{host} cannot be reached ({reason}).",
    "The server of the file is down, its name is not known, or a firewall is in the way.",
)
FILE_BUSY = Entry("file-busy", "{host} answers {status}.", "The server of the file has trouble, or limits requests.")
FILE_BROKEN_OFF = Entry(
    "file-broken-off",
    "{host} broke off in the middle of a file ({reason}).",
    "The connection was lost on the way.",
)
FILE_CUT = Entry(
    "file-cut",
    "{host} sent only {size} of {length} bytes of a file.",
    "The connection was closed too early.",
)

PICTURE_EMPTY = Entry(
    "picture-empty",
    "A picture is empty: its file has no bytes.",
    "Its upload was broken off.",
    "Put it into the page again.",
)
PICTURE_WEB_PAGE = Entry(
    "picture-web-page",
    "What should be a picture is a web page: its address leads to a page about it, or asks for a login.",
    "The link of a page that shows the picture was pasted in the place of the picture's own.",
    "Upload the picture itself to Notion.",
)
PICTURE_SVG = Entry(
    "picture-svg",
    "A picture is an SVG drawing, which WordPress does not take.",
    "Such a drawing may hold programs.",
    "Export it as PNG.",
)
PICTURE_FORMAT = Entry(
    "picture-format",
    "What should be a picture is in no format that can be shown.",
    "It is a raw photograph, a document, or of a format that no browser knows.",
    "Export it as JPEG or PNG.",
)
PICTURE_HEIC = Entry(
    "picture-heic",
    "A picture is in the HEIC format of phones, and the sidecar was installed without it.",
    "To read it takes a library that is installed only when it is asked for.",
    "Install notion-wordpress-sidecar[heif], or export the picture as JPEG.",
)
PICTURE_DAMAGED = Entry(
    "picture-damaged",
    "A picture is incomplete or damaged.",
    "Its upload was broken off, or the program that wrote it made a mistake.",
    "Open it, save it anew, and put it into the page again.",
)
PICTURE_LARGE = Entry(
    "picture-large",
    "A picture has more than {limit} million pixels.",
    "To make it smaller, all of it has to be held in memory.",
    "Make it smaller and put it in again.",
)
FILE_EMPTY = Entry(
    "file-empty", "The file {name} is empty.", "Its upload was broken off.", "Put it into the page again."
)
FILE_KIND = Entry(
    "file-kind",
    "WordPress takes no files of the kind of {name}.",
    "WordPress takes only the types of files on its list.",
    "Link to it, or pack it as zip.",
)

# --- the companion plugin, about the sidecar -----------------------------------------------------------------
# It says these by itself, for nobody else is there to say them; a test holds its texts to these.

PLUGIN_NOT_SET_UP = Entry(
    "plugin-not-set-up",
    "The address or the token of the sidecar is missing.",
    "The plugin was installed and not yet told where its sidecar is.",
    "Enter both under Settings > Notion Sidecar.",
)
PLUGIN_UNREACHABLE = Entry(
    "plugin-unreachable",
    "The sidecar at {url} cannot be reached from this server.",
    "It does not run, or WordPress's server is not let through to it.",
    "See whether it runs and whether the address is right. ({reason})",
)
PLUGIN_SLOW = Entry(
    "plugin-slow",
    "The sidecar at {url} did not answer within {seconds} seconds.",
    "It is starting, its machine is overloaded, or a firewall swallows what is sent.",
    "Nothing is lost: it goes on by itself. If it stays like this, see whether it runs.",
)
PLUGIN_DOWN = Entry(
    "plugin-down",
    "The sidecar did not answer a moment ago.",
    "The plugin leaves a sidecar that is down alone for 20 seconds, so that wp-admin stays quick.",
    "It is asked again soon.",
)
PLUGIN_WRONG_TOKEN = Entry(
    "plugin-wrong-token",
    "The sidecar answers, but it does not know this token.",
    "SYNC_TOKEN was changed there, copied in part, or is that of another site.",
    "Enter the value of its setting SYNC_TOKEN.",
)
PLUGIN_REDIRECTS = Entry(
    "plugin-redirects",
    "That address leads on to {new}.",
    "It begins with http instead of https, or lacks a folder. The token is not sent after a redirection.",
    "Enter the address it ends at.",
)
PLUGIN_STRANGER = Entry(
    "plugin-stranger",
    "Something answers at that address, but it is not the sidecar.",
    "The port, or the folder behind a web server, is another one.",
    "Look at the address, its port and its folder.",
)
PLUGIN_BROKEN = Entry(
    "plugin-broken",
    "The sidecar, or the server in front of it, reports a mistake.",
    "The web server cannot reach the sidecar behind it, or the sidecar itself failed.",
    "Its log says more.",
)
PLUGIN_TOO_LONG = Entry(
    "plugin-too-long",
    "The answer of the sidecar is longer than this plugin reads.",
    "A run of very many pages, most of them with long notes or errors.",
    "Its own status page and sidecar history show all of it.",
)
PLUGIN_NOT_UNDERSTOOD = Entry(
    "plugin-not-understood",
    "The sidecar gave an answer that this plugin does not understand.",
    "One of the two is much older than the other.",
    "Update both.",
)

GROUPS: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    (
        "Notion",
        (
            NOTION_TOKEN, NOTION_UNREACHABLE, NOTION_PROXY, NOTION_ADDRESS, NOTION_BLOCKED, NOTION_RIGHTS,
            NOTION_UNSHARED, NOTION_NO_SOURCE, NOTION_IS_PAGE, NOTION_MANY_SOURCES, NOTION_ID, NOTION_NO_STATUS,
            NOTION_STATUS_TYPE, NOTION_NO_OPTION, NOTION_NOT_TAKEN, NOTION_PAGE_NO_STATUS, NOTION_PAGE_NO_PROPERTY,
            NOTION_SILENT, NOTION_DOWN, NOTION_SLOW_DOWN, NOTION_RESTS, NOTION_UNSURE, NOTION_BLOCK_LIMIT,
            NOTION_GARBLED, NOTION_IS_DATABASE,
            NOTION_CHANGED, NOTION_FILE_GONE, NOTION_NESTED, NOTION_CROWDED, NOTION_REFUSED,
        ),
    ),
    (
        "WordPress",
        (
            WP_UNREACHABLE, WP_CERTIFICATE, WP_MOVED, WP_LOGIN, WP_RIGHTS, WP_LOGIN_PAGE, WP_SECOND_PASSWORD,
            WP_SWITCHED_OFF, WP_NO_XMLRPC, WP_BLOCKED, WP_NO_METHOD, WP_WEB_PAGE, WP_PRINTS_BEFORE, WP_PRINTS_AFTER,
            WP_GARBLED, WP_EMPTY, WP_UNSAFE, REST_CLOSED, REST_WEB_PAGE, REST_PRINTS,
            WP_TOO_LARGE, WP_STORAGE, WP_NO_TYPE, WP_NO_ANSWER, WP_BUSY, WP_BROKEN, WP_MISSING, WP_HELD,
            WP_NOTHING_TO_SAY, WP_FILE_TYPE, WP_NOT_WHOLE, WP_QUOTA, WP_DATABASE, WP_SAME_NAME, WP_NO_TAXONOMY,
            WP_NO_AUTHOR, WP_NO_TEMPLATE, REST_FIELD, WP_DROPPED, WP_HALF, WP_CHANGED, WP_RESTLESS, WP_REPEATS, WP_NO,
        ),
    ),
    (
        "Files that a page shows",
        (
            FILE_ADDRESS, FILE_MISSPELT, FILE_PRIVATE, FILE_MOVES_ON, FILE_GONE, FILE_WITHHELD, FILE_TOO_LARGE,
            FILE_UNREACHABLE, FILE_SILENT, FILE_SLOW, FILE_BUSY, FILE_BROKEN_OFF, FILE_CUT, FILE_EMPTY, FILE_KIND,
            PICTURE_EMPTY, PICTURE_WEB_PAGE, PICTURE_SVG, PICTURE_FORMAT, PICTURE_HEIC,
            PICTURE_DAMAGED, PICTURE_LARGE,
        ),
    ),
    (
        "The machine, and Telegram",
        (
            LEDGER_FULL, LEDGER_READ_ONLY, LEDGER_CLOSED, LEDGER_DAMAGED, LEDGER_NEWER, LEDGER_LOCKED, LEDGER_GONE,
            LEDGER_SILENT, PACE_FILE, REDIS_SILENT, TELEGRAM_UNREACHABLE, TELEGRAM_REFUSED, TELEGRAM_SLOW_DOWN,
            TELEGRAM_DOWN,
        ),
    ),
    (
        "The companion plugin, when it does not get through to the sidecar",
        (
            PLUGIN_NOT_SET_UP, PLUGIN_UNREACHABLE, PLUGIN_SLOW, PLUGIN_DOWN, PLUGIN_WRONG_TOKEN, PLUGIN_REDIRECTS,
            PLUGIN_STRANGER, PLUGIN_BROKEN, PLUGIN_TOO_LONG, PLUGIN_NOT_UNDERSTOOD,
        ),
    ),
)  # fmt: skip
"""All of them, as the documentation has them."""

ENTRIES: tuple[Entry, ...] = tuple(entry for _, entries in GROUPS for entry in entries)
