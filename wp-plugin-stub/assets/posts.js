/**
 * How posts from Notion stand, in the list and beside the classic editor: asked for after the page is there, and
 * followed while a page is on its way.
 */
( function () {
	'use strict';

	const { __ } = wp.i18n;
	const { ask, follow, chip, element, summary } = window.notionSidecar;
	const cells = () => [ ...document.querySelectorAll( '.notion-sidecar-state[data-post]' ) ];
	const cellOf = ( id ) => cells().find( ( cell ) => cell.dataset.post === String( id ) );

	function show( post ) {
		const cell = cellOf( post.id );
		if ( cell ) {
			cell.replaceChildren( chip( post.tone, post.words ), ' ', element( 'span', { class: 'notion-sidecar-when' }, post.synced ) );
			cell.title = post.error;
		}
	}

	function say( id, tone, words ) {
		const cell = cellOf( id );
		if ( cell ) {
			cell.replaceChildren( chip( tone, words ) );
		}
	}

	async function refresh() {
		const ids = cells().map( ( cell ) => cell.dataset.post );
		if ( ! ids.length ) {
			return;
		}
		try {
			const { posts } = await ask( `/posts?ids=${ ids.join( ',' ) }` );
			posts.forEach( show );
		} catch ( error ) {
			// What was stored stands in the cells already; it is dated.
			cells().forEach( ( cell ) => cell.setAttribute( 'title', error.message ) );
		}
	}

	async function sync( id ) {
		say( id, 'busy', __( 'Asked for', 'notion-sidecar' ) );
		try {
			const { job } = await ask( `/posts/${ id }/sync`, 'POST' );
			const ended = await follow( `/posts/${ id }/jobs/${ job }`, ( now, trouble ) => say( id, trouble ? 'warn' : 'busy', trouble || words( now ) ) );
			if ( ended && ended.post ) {
				show( ended.post );
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
