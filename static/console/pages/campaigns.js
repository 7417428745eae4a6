// The list of campaigns: a copy of one, with or without its people.
import { $$ } from '../lib/dom.js';
import { cloneCampaign } from '../lib/clone.js';

for (const button of $$('button[data-clone]'))
	button.addEventListener('click', () => cloneCampaign(button, { id: button.dataset.clone, name: button.dataset.name, leads: Number(button.dataset.leads) }));
