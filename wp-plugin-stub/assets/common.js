/**
 * What our scripts share: asking this site's own routes, following a job, and showing it.
 *
 * Whatever comes from the sidecar is put into the page as text, never as HTML.
 */
( function () {
	'use strict';

	const { __, _n, sprintf } = wp.i18n;
	const site = window.notionSidecar;

	const shown = new WeakMap();
	let spoken = '';

	const SOON = 1000;
	const LATER = 15000;
	const ENDED = [ 'Completed', 'Failed' ];
	const TONES = { Success: 'good', Skipped: 'idle', Failed: 'bad', Conflict: 'warn', Deferred: 'warn', Pending: 'busy', Completed: 'good', Running: 'busy' };

	/**
	 * Asks one of our routes. Fails with words that can be shown.
	 *
	 * @param {string} path   Such as /jobs.
	 * @param {string} method GET or POST.
	 * @return {Promise<Object>} The answer.
	 */
	async function ask( path, method = 'GET' ) {
		let answer, said;
		try {
			answer = await fetch( address( path ), { method, credentials: 'same-origin', headers: { 'X-WP-Nonce': site.nonce } } );
		} catch ( error ) {
			throw new Error( __( 'WordPress does not answer. Are you offline?', 'notion-sidecar' ) );
		}
		try {
			said = await answer.json();
		} catch ( error ) {
			throw new Error( __( 'WordPress gave no proper answer. Its error log says more.', 'notion-sidecar' ) );
		}
		if ( answer.ok ) {
			return said;
		}
		if ( said.code === 'rest_cookie_invalid_nonce' || answer.status === 401 ) {
			throw Object.assign( new Error( __( 'Your session has ended. Load this page again.', 'notion-sidecar' ) ), { isFinal: true } );
		}
		const isFinal = answer.status >= 400 && answer.status < 500;
		throw Object.assign( new Error( said.message || String( answer.status ) ), { isFinal } );
	}

	/**
	 * The address of a route, also where permalinks are plain and it stands behind a question mark.
	 *
	 * @param {string} path Such as /posts?ids[]=1.
	 * @return {string} The address.
	 */
	function address( path ) {
		return site.root.includes( '?' ) ? site.root + path.replace( '?', '&' ) : site.root + path;
	}

	/**
	 * Asks for a job until it has ended. When the sidecar is silent, goes on asking, less often.
	 *
	 * @param {string}   path    The route of the job.
	 * @param {Function} show    Is handed the job each time, and the trouble in words when there was one.
	 * @param {Function} isStale Says whether nobody looks any more.
	 * @return {Promise<Object|null>} The job that has ended.
	 */
	async function follow( path, show, isStale = () => false ) {
		let pause = SOON;
		let job = null;
		while ( ! isStale() ) {
			try {
				job = await ask( path );
				pause = SOON;
				show( job, '' );
			} catch ( error ) {
				show( job, error.message );
				if ( error.isFinal ) {
					return null;
				}
				pause = Math.min( pause * 2, LATER );
			}
			if ( job && ENDED.includes( job.status ) ) {
				return job;
			}
			await new Promise( ( done ) => setTimeout( done, pause ) );
		}
		return null;
	}

	/**
	 * An element.
	 *
	 * @param {string}        tag        Its name.
	 * @param {Object}        attributes Its attributes.
	 * @param {...(Node|string)} inside  What is in it; a string is text.
	 * @return {HTMLElement} The element.
	 */
	function element( tag, attributes, ...inside ) {
		const made = document.createElement( tag );
		Object.entries( attributes ).forEach( ( [ name, value ] ) => made.setAttribute( name, value ) );
		made.append( ...inside.filter( Boolean ) );
		return made;
	}

	/**
	 * A link to somewhere else; nothing when it does not lead to the web.
	 *
	 * @param {string} url   Where it leads.
	 * @param {string} words What it says.
	 * @param {string} about What it is about, for those who hear it.
	 * @return {HTMLElement|string} The link.
	 */
	function link( url, words, about ) {
		if ( ! /^https?:\/\//.test( url ) ) {
			return '';
		}
		/* translators: 1: where a link leads, such as Notion, 2: the title of a page. */
		const label = sprintf( __( '%1$s: %2$s', 'notion-sidecar' ), words, about );
		return element( 'a', { href: url, target: '_blank', rel: 'noopener noreferrer', 'aria-label': label }, words );
	}

	function notice( tone, words ) {
		return element( 'div', { class: `notice notice-${ tone } inline` }, element( 'p', {}, words ) );
	}

	function chip( tone, words ) {
		return element( 'span', { class: `notion-sidecar-chip is-${ tone }` }, words );
	}

	// --- a job ------------------------------------------------------------------------------------------

	/**
	 * How far a job has come, of 100; null while nobody knows.
	 *
	 * @param {Object} job The job.
	 * @return {number|null} Percent.
	 */
	function percent( job ) {
		if ( ENDED.includes( job.status ) ) {
			return 100;
		}
		const all = total( job.counts );
		if ( ! all ) {
			return null;
		}
		const ended = total( job.counts.filter( ( one ) => one.status !== 'Pending' ) );
		const begun = job.working.reduce( ( so, page ) => so + page.percent, 0 );
		return Math.round( Math.min( ended * 100 + begun, all * 100 ) / all );
	}

	function total( counts ) {
		return counts.reduce( ( so, one ) => so + one.number, 0 );
	}

	/**
	 * A job in one line, such as: 3 published, 1 failed.
	 *
	 * @param {Object} job The job.
	 * @return {string} The line.
	 */
	function summary( job ) {
		if ( ! job.pages.length ) {
			if ( job.status === 'Running' ) {
				return __( 'Looking for pages', 'notion-sidecar' );
			}
			return job.error ? __( 'Could not begin', 'notion-sidecar' ) : __( 'Nothing to do', 'notion-sidecar' );
		}
		/* translators: 1: what became of pages, such as Published, 2: how many. */
		return job.counts.map( ( { words, number } ) => sprintf( __( '%1$s: %2$d', 'notion-sidecar' ), words, number ) ).join( ', ' );
	}

	/**
	 * How a job looks: like the worst of its pages. One that found nothing to do catches no eye.
	 *
	 * @param {Object} job The job.
	 * @return {string} A tone.
	 */
	function tone( job ) {
		if ( job.status !== 'Completed' ) {
			return TONES[ job.status ] || 'idle';
		}
		const tones = job.counts.map( ( one ) => TONES[ one.status ] );
		return [ 'warn', 'good' ].find( ( one ) => tones.includes( one ) ) || 'idle';
	}

	function jobPage( page, working ) {
		const way = working.find( ( one ) => one.page_id === page.page_id );
		const links = element( 'span', { class: 'notion-sidecar-links' }, link( page.page_url, __( 'Notion', 'notion-sidecar' ), page.title ), link( page.post_url, __( 'Post', 'notion-sidecar' ), page.title ) );
		const made = element(
			'li',
			{},
			chip( TONES[ page.status ] || 'idle', way && page.status === 'Pending' ? way.words : page.words ),
			element( 'strong', {}, page.title ),
			links,
			page.error ? element( 'p', { class: 'notion-sidecar-error' }, page.error ) : '',
			warnings( page.warnings )
		);
		shown.set( made, JSON.stringify( [ page, way ] ) );
		return made;
	}

	/**
	 * The notes of a page, folded.
	 *
	 * @param {Object[]} list The notes.
	 * @return {HTMLElement|string} The notes.
	 */
	function warnings( list ) {
		if ( ! list.length ) {
			return '';
		}
		/* translators: %d: a number. */
		const words = sprintf( _n( '%d note', '%d notes', list.length, 'notion-sidecar' ), list.length );
		const lines = list.map( ( one ) => element( 'li', {}, one.message ) );
		return element( 'details', {}, element( 'summary', {}, words ), element( 'ul', {}, ...lines ) );
	}

	/**
	 * The pages of a job. In a list that is there already, those that have not changed stay: what somebody has unfolded
	 * stays open, and the link that they are on stays theirs.
	 *
	 * @param {Object}      job  The job.
	 * @param {HTMLElement} list The list.
	 * @return {HTMLElement|string} The list, or nothing.
	 */
	function jobPages( job, list = element( 'ul', { class: 'notion-sidecar-pages' } ) ) {
		const made = job.pages.map( ( page ) => jobPage( page, job.working ) );
		const more = total( job.counts ) - made.length;
		if ( more > 0 ) {
			/* translators: %d: a number. */
			made.push( element( 'li', {}, sprintf( _n( 'And %d more page', 'And %d more pages', more, 'notion-sidecar' ), more ) ) );
		}
		made.forEach( ( one, number ) => {
			const there = list.children[ number ];
			if ( ! there ) {
				list.append( one );
			} else if ( ! shown.has( one ) || shown.get( there ) !== shown.get( one ) ) {
				there.replaceWith( one );
			}
		} );
		while ( list.children.length > made.length ) {
			list.lastElementChild.remove();
		}
		return made.length ? list : '';
	}

	/**
	 * Says something to those who hear the screen; the same words only once.
	 *
	 * @param {string} words The words.
	 */
	function speak( words ) {
		if ( words && words !== spoken ) {
			wp.a11y.speak( words, 'polite' );
		}
		spoken = words;
	}

	Object.assign( site, { ask, follow, element, notice, chip, percent, summary, tone, warnings, jobPages, speak, ENDED } );
} )();
