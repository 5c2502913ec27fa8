/**
 * The page Settings > Notion Sidecar: the last jobs, Sync now with its progress, Test connection.
 */
( function () {
	'use strict';

	const { __, sprintf } = wp.i18n;
	const { ask, follow, element, notice, chip, percent, summary, tone, jobPages, speak, ENDED } = window.notionSidecar;
	const at = ( name ) => document.getElementById( `notion-sidecar-${ name }` );

	let followed = 0;

	// --- the last jobs ----------------------------------------------------------------------------------

	async function showJobs() {
		let shown;
		try {
			const { jobs } = await ask( '/jobs' );
			shown = jobs.length ? table( jobs ) : element( 'p', {}, __( 'There has been no job yet.', 'notion-sidecar' ) );
		} catch ( error ) {
			shown = notice( 'error', error.message );
			speak( error.message );
		}
		at( 'list' ).replaceChildren( shown );
	}

	function table( jobs ) {
		const heads = [ __( 'Began', 'notion-sidecar' ), __( 'By', 'notion-sidecar' ), __( 'Outcome', 'notion-sidecar' ), __( 'Pages', 'notion-sidecar' ) ];
		const head = element( 'tr', {}, ...heads.map( ( words ) => element( 'th', { scope: 'col' }, words ) ) );
		return element( 'table', { class: 'widefat striped' }, element( 'thead', {}, head ), element( 'tbody', {}, ...jobs.map( row ) ) );
	}

	function row( job ) {
		const error = job.error ? element( 'p', { class: 'notion-sidecar-error' }, job.error ) : '';
		const took = job.took === null ? '' : element( 'span', { class: 'description' }, ` ${ seconds( job.took ) }` );
		return element( 'tr', {}, element( 'td', {}, job.when, took ), element( 'td', {}, job.type ), element( 'td', {}, chip( tone( job ), summary( job ) ), error ), element( 'td', {}, jobPages( job ) ) );
	}

	function seconds( took ) {
		/* translators: %d: a number of seconds. */
		return sprintf( __( '(%d s)', 'notion-sidecar' ), took );
	}

	// --- Sync now ---------------------------------------------------------------------------------------

	async function syncNow( event ) {
		event.preventDefault();
		if ( isHeld( 'now' ) ) {
			return;
		}
		hold( 'now', true );
		at( 'pages' ).replaceChildren();
		at( 'way' ).replaceChildren( bar( __( 'The sidecar is being asked …', 'notion-sidecar' ), null ) );
		try {
			const { job } = await ask( '/sync', 'POST' );
			await watch( job );
		} catch ( error ) {
			at( 'way' ).replaceChildren( notice( 'error', error.message ) );
			speak( error.message );
		}
		hold( 'now', false );
	}

	async function watch( number ) {
		const mine = ++followed;
		const ended = await follow( `/jobs/${ number }`, showProgress, () => mine !== followed );
		if ( ended ) {
			await showJobs();
		}
	}

	function showProgress( job, trouble ) {
		const parts = [];
		if ( job ) {
			parts.push( ENDED.includes( job.status ) ? verdict( job ) : bar( summary( job ), percent( job ) ) );
			jobPages( job, at( 'pages' ) );
		}
		if ( trouble ) {
			parts.push( notice( 'warning', trouble ) );
		}
		at( 'way' ).replaceChildren( ...parts );
		speak( trouble || ( ENDED.includes( job.status ) ? at( 'way' ).textContent : quarters( percent( job ) ) ) );
	}

	/**
	 * How far it is, for those who hear it: not every second.
	 *
	 * @param {number|null} value Percent.
	 * @return {string} Words.
	 */
	function quarters( value ) {
		/* translators: %d: a number of percent. */
		return sprintf( __( '%d percent', 'notion-sidecar' ), Math.floor( ( value || 0 ) / 25 ) * 25 );
	}

	function verdict( job ) {
		const kinds = { good: 'success', warn: 'warning', bad: 'error' };
		/* translators: %s: what became of the pages. */
		const words = sprintf( __( 'Finished. %s', 'notion-sidecar' ), summary( job ) + ( job.error ? ` – ${ job.error }` : '' ) );
		return notice( kinds[ tone( job ) ] || 'info', words );
	}

	function bar( words, value ) {
		const progress = element( 'progress', { max: 100, 'aria-label': words } );
		if ( value !== null ) {
			progress.value = value;
		}
		return element( 'p', { class: 'notion-sidecar-bar' }, progress, element( 'span', {}, words ) );
	}

	/**
	 * Makes a button wait. It is not switched off, for that would take the focus from whoever has just pressed it.
	 *
	 * @param {string}  name The button.
	 * @param {boolean} is   Whether it waits.
	 */
	function hold( name, is ) {
		at( name ).classList.toggle( 'disabled', is );
		at( name ).setAttribute( 'aria-disabled', String( is ) );
	}

	function isHeld( name ) {
		return at( name ).getAttribute( 'aria-disabled' ) === 'true';
	}

	// --- Test connection --------------------------------------------------------------------------------

	async function check() {
		const form = at( 'check' ).form;
		if ( isHeld( 'check' ) ) {
			return;
		}
		hold( 'check', true );
		at( 'verdict' ).replaceChildren( element( 'p', {}, __( 'Trying …', 'notion-sidecar' ) ) );
		try {
			const { signs } = await ask( '/check', 'POST' );
			const typed = isChanged( form ) ? notice( 'info', __( 'This is about what was stored. Save your changes to try them.', 'notion-sidecar' ) ) : '';
			at( 'verdict' ).replaceChildren( ...[ typed, element( 'ul', { class: 'notion-sidecar-signs' }, ...signs.map( sign ) ) ].filter( Boolean ) );
		} catch ( error ) {
			at( 'verdict' ).replaceChildren( notice( 'error', error.message ) );
		}
		hold( 'check', false );
	}

	function sign( one ) {
		return element( 'li', { class: `is-${ one.tone }` }, element( 'strong', {}, one.words ), one.more ? element( 'p', {}, one.more ) : '' );
	}

	function isChanged( form ) {
		return [ ...form.elements ].some( ( field ) => ( field.type === 'checkbox' ? field.checked !== field.defaultChecked : 'defaultValue' in field && field.value !== field.defaultValue ) );
	}

	// --- begin ------------------------------------------------------------------------------------------

	if ( at( 'sync' ) ) {
		at( 'now' ).addEventListener( 'click', syncNow );
		showJobs();
		const asked = Number( at( 'sync' ).dataset.job );
		if ( asked ) {
			watch( asked );
		}
	}
	if ( at( 'check' ) ) {
		at( 'check' ).addEventListener( 'click', check );
	}
} )();
