// Before anything is painted: whether there are scripts, which closes the menu on a telephone, and the theme that the
// reader chose. A classic script in the head of the page, so that nothing jumps or flashes.
{
	const root = document.documentElement;
	const chosen = localStorage.getItem('parley-theme');
	root.classList.add('scripted');
	if (chosen === 'dark' || chosen === 'light') root.dataset.theme = chosen;
}
