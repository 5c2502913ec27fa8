/**
 * How posts from Notion stand, in the list and beside the classic editor: asked for after the page is there, and
 * followed while a page is on its way.
 */
( function () {
	'use strict';

	const { __ } = wp.i18n;
	const MOST = 200; // One question is answered for no more posts.
	const { ask, follow, chip, element, notice, speak, summary } = window.notionSidecar;
	const cells = () => [ ...document.querySelectorAll( '.notion-sidecar-state[data-post]' ) ];
	const cellOf = ( id ) => cells().find( ( cell ) => cell.dataset.post === String( id ) );

	function show( post ) {
		const cell = cellOf( post.id );
		if ( cell ) {
			cell.replaceChildren( chip( post.tone, post.words ), ' ', element( 'span', { class: 'notion-sidecar-when' }, post.synced ) );
			if ( post.error && cell.closest( '.column-notion-sidecar' ) ) {
				cell.append( element( 'details', {}, element( 'summary', {}, __( 'Why', 'notion-sidecar' ) ), element( 'p', { class: 'notion-sidecar-error' }, post.error ) ) );
			}
		}
	}

	function say( id, tone, words ) {
		const cell = cellOf( id );
		if ( cell ) {
			cell.replaceChildren( chip( tone, words ) );
			speak( words );
		}
	}

	async function refresh() {
		const ids = cells().map( ( cell ) => cell.dataset.post );
		try {
			for ( let from = 0; from < ids.length; from += MOST ) {
				const { posts, problem } = await ask( `/posts?ids=${ ids.slice( from, from + MOST ).join( ',' ) }` );
				posts.forEach( show );
				if ( problem && ! from ) {
					warn( problem );
				}
			}
		} catch ( error ) {
			warn( error.message );
		}
	}

	/**
	 * Says that what is shown may be old: what was stored stands in the cells, and is dated.
	 *
	 * @param {string} words What is wrong.
	 */
	function warn( words ) {
		const place = document.querySelector( '.wp-header-end' );
		if ( place ) {
			place.after( notice( 'warning', words ) );
		}
	}

	async function sync( id ) {
		say( id, 'busy', __( 'Asked for', 'notion-sidecar' ) );
		try {
			const { job } = await ask( `/posts/${ id }/sync`, 'POST' );
			const ended = await follow( `/posts/${ id }/jobs/${ job }`, ( now, trouble ) => say( id, trouble ? 'warn' : 'busy', trouble || words( now ) ) );
			if ( ended && ended.post ) {
				show( ended.post );
				speak( ended.post.words );
			}
			if ( ended ) {
				offerReload( ended );
			}
		} catch ( error ) {
			say( id, 'bad', error.message );
		}
	}

	function words( job ) {
		const [ way ] = job.working;
		return way ? way.words : summary( job );
	}

	/**
	 * Beside an editor, what is shown is old by now.
	 *
	 * @param {Object} job The job that has ended.
	 */
	function offerReload( job ) {
		const box = document.querySelector( '#notion-sidecar.postbox .inside' );
		if ( box && job.pages.some( ( page ) => page.status === 'Success' ) ) {
			box.append( element( 'p', {}, element( 'a', { href: window.location.href }, __( 'The post has come anew. Load this page again before you edit.', 'notion-sidecar' ) ) ) );
		}
	}

	document.addEventListener( 'click', ( event ) => {
		const link = event.target.closest( '.notion-sidecar-sync a[data-post], #notion-sidecar.postbox a[data-post]' );
		if ( link ) {
			event.preventDefault();
			sync( link.dataset.post );
		}
	} );
	refresh();
} )();
