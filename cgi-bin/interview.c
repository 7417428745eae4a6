/* Answers the candidate's interview page; FastCGI or plain CGI. */
#include "app.h"
#include "screening/interview_page.h"
#include "web/serve.h"

int main(int argc, char **argv)
{
	const struct app_options options = { .program = "interview", .usage = "interview: the candidate's interview page (FastCGI or CGI program)\n" };
	struct app app;
	int code;

	if (!app_open(&app, &options, &argc, argv, &code))
		return code;
	code = serve(&app, &interview_pages);
	app_close(&app);
	return code;
}
