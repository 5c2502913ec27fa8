/**
 * The panel Notion in the block editor: where the post comes from, how it stands, Sync this page now.
 */
( function () {
	'use strict';

	const { __, sprintf } = wp.i18n;
	const { createElement: el, useEffect, useState } = wp.element;
	const { Button, ExternalLink, Notice } = wp.components;
	const { ask, follow, summary, percent, editor } = window.notionSidecar;
	// It moved in WordPress 6.6; its old place complains.
	const { PluginDocumentSettingPanel } = wp.editor.PluginDocumentSettingPanel ? wp.editor : wp.editPost;
	const id = editor.post.id;

	function tell( kind, words, actions = [] ) {
		wp.data.dispatch( 'core/notices' ).createNotice( kind, words, { id: 'notion-sidecar', isDismissible: true, actions } );
	}

	function Panel() {
		const [ post, setPost ] = useState( editor.post );
		const [ job, setJob ] = useState( null );
		const [ trouble, setTrouble ] = useState( '' );
		const [ isBusy, setBusy ] = useState( false );

		useEffect( () => {
			ask( `/posts?ids=${ id }` ).then(
				( { posts, problem } ) => {
					posts.forEach( setPost );
					setTrouble( problem );
				},
				( error ) => setTrouble( error.message )
			);
		}, [] );

		// The button is not switched off meanwhile, for that would take the focus from whoever has just pressed it.
		async function sync() {
			if ( isBusy ) {
				return;
			}
			setBusy( true );
			setTrouble( '' );
			try {
				const asked = await ask( `/posts/${ id }/sync`, 'POST' );
				const ended = await follow( `/posts/${ id }/jobs/${ asked.job }`, ( now, words ) => {
					setJob( now );
					setTrouble( words );
				} );
				if ( ended ) {
					setPost( ended.post || post );
					sayEnd( ended );
				}
			} catch ( error ) {
				setTrouble( error.message );
			}
			setJob( null );
			setBusy( false );
		}

		return el(
			PluginDocumentSettingPanel,
			{ name: 'notion-sidecar', title: __( 'Notion', 'notion-sidecar' ), className: 'notion-sidecar notion-sidecar-panel' },
			el( 'p', { key: 'state' }, el( 'span', { className: `notion-sidecar-chip is-${ post.tone }` }, post.words ) ),
			/* translators: %s: a time, such as 5 mins ago. */
			post.synced ? el( 'p', { key: 'synced' }, sprintf( __( 'Last sync: %s', 'notion-sidecar' ), post.synced ) ) : null,
			el( 'p', { key: 'page' }, el( ExternalLink, { href: post.page_url }, __( 'Open in Notion', 'notion-sidecar' ) ) ),
			post.error ? el( 'p', { key: 'error', className: 'notion-sidecar-error' }, post.error ) : null,
			post.warnings.length ? el( 'ul', { key: 'notes', className: 'notion-sidecar-notes' }, post.warnings.map( ( one, number ) => el( 'li', { key: number }, one.message ) ) ) : null,
			el( 'div', { key: 'way', 'aria-live': 'polite' }, job ? bar( job ) : null ),
			trouble ? el( Notice, { key: 'trouble', status: 'warning', isDismissible: false }, trouble ) : null,
			editor.can ? el( Button, { key: 'sync', variant: 'secondary', isBusy, 'aria-disabled': isBusy, onClick: sync }, __( 'Sync this page now', 'notion-sidecar' ) ) : null
		);
	}

	function bar( job ) {
		const value = percent( job ) === null ? undefined : percent( job );
		return el( 'p', { className: 'notion-sidecar-bar' }, el( 'progress', { max: 100, value, 'aria-label': __( 'Sync this page now', 'notion-sidecar' ) } ), el( 'span', {}, way( job ) ) );
	}

	function way( job ) {
		return job.working.length ? job.working[ 0 ].words : summary( job );
	}

	/**
	 * What came of it. After a success the editor holds an old text, which would overwrite the new one.
	 *
	 * @param {Object} job The job that has ended.
	 */
	function sayEnd( job ) {
		if ( job.pages.some( ( page ) => page.status === 'Success' ) ) {
			const reload = { label: __( 'Load again', 'notion-sidecar' ), onClick: () => window.location.reload() };
			tell( 'success', __( 'The post has come anew from Notion. Load it again before you edit.', 'notion-sidecar' ), [ reload ] );
		} else if ( job.pages.some( ( page ) => page.error ) ) {
			tell( 'error', job.pages[ 0 ].error );
		} else {
			tell( 'info', job.error || __( 'Nothing to do: the post is as the page is.', 'notion-sidecar' ) );
		}
	}

	wp.plugins.registerPlugin( 'notion-sidecar', { render: Panel, icon: null } );
	wp.domReady( () => tell( 'info', editor.words ) );
} )();
