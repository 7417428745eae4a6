// The list of agents: voices by their names.
import { $$ } from '../lib/dom.js';
import { voiceOf } from '../lib/voices.js';

for (const place of $$('[data-voice]')) {
	const id = place.dataset.voice;
	if (!id) continue;
	voiceOf(id).then((voice) => {
		place.textContent = voice.name ?? id;
		place.title = id;
	}).catch((error) => {
		if (error.status === 404) place.textContent = `${id} (not in the account)`;
	});
}
