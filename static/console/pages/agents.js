// The list of agents: voices by their names. Most stand in the first hundred of the account, which is one question.
import { $$ } from '../lib/dom.js';
import { listVoices, voiceOf } from '../lib/voices.js';

const places = $$('[data-voice]').filter((place) => place.dataset.voice);

async function name(place) {
	const id = place.dataset.voice;
	try {
		place.textContent = (await voiceOf(id)).name ?? id;
		place.title = id;
	} catch (error) {
		if (error.status === 404) place.textContent = `${id} (not in the account)`;
	}
}

if (places.length) listVoices([['limit', '100']]).then(() => places.forEach(name)).catch(() => {});
