/* The version of the consent text in templates/interview/page.html.  A change of
 * its words changes this, so that a stored consent tells what was agreed to. */
#ifndef PARLEY_SCREENING_CONSENT_H
#define PARLEY_SCREENING_CONSENT_H

#define CONSENT_VERSION "2026-11-20"

#endif
