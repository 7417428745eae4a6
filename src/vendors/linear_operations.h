/* The GraphQL documents that Linear is sent.
 *
 * They stand alone in this form, one operation a macro and one string literal a
 * line, so that the tests can read them out of this file and hold them against
 * Linear's schema.  Every list has an explicit `first`: Linear prices a query by
 * page size times content before it runs it (vendors' limit: 10,000 points).
 */
#ifndef PARLEY_VENDORS_LINEAR_OPERATIONS_H
#define PARLEY_VENDORS_LINEAR_OPERATIONS_H

#define LINEAR_ORGANIZATION \
	"query Organization {" \
	" organization { id name urlKey }" \
	"}"

/* The organization comes along, so that an invitation costs one request. */
#define LINEAR_ISSUE \
	"query ScreeningIssue($id: String!) {" \
	" issue(id: $id) {" \
	" id identifier title description url archivedAt trashed" \
	" state { id name } team { id }" \
	" project { name description content }" \
	" }" \
	" organization { id name urlKey }" \
	"}"

#define LINEAR_ISSUE_STATE \
	"query IssueState($id: String!) {" \
	" issue(id: $id) { id state { id name } }" \
	"}"

#define LINEAR_TEAM_STATES \
	"query TeamStates($teamId: ID!, $after: String) {" \
	" workflowStates(filter: { team: { id: { eq: $teamId } } }, first: 50, after: $after) {" \
	" nodes { id name }" \
	" pageInfo { hasNextPage endCursor }" \
	" }" \
	"}"

#define LINEAR_STATES_NAMED \
	"query StatesNamed($name: String!, $after: String) {" \
	" workflowStates(filter: { name: { eqIgnoreCase: $name } }, first: 50, after: $after) {" \
	" nodes { id name team { key } }" \
	" pageInfo { hasNextPage endCursor }" \
	" }" \
	"}"

#define LINEAR_ISSUE_MOVE \
	"mutation IssueMove($id: String!, $stateId: String!) {" \
	" issueUpdate(id: $id, input: { stateId: $stateId }) { success issue { id state { id } } }" \
	"}"

#define LINEAR_COMMENT_CREATE \
	"mutation CommentCreate($input: CommentCreateInput!) {" \
	" commentCreate(input: $input) { success comment { id } }" \
	"}"

#define LINEAR_COMMENT \
	"query Comment($id: String!) {" \
	" comment(id: $id) { id issue { id identifier } }" \
	"}"

#define LINEAR_FILE_UPLOAD \
	"mutation FileUpload($contentType: String!, $filename: String!, $size: Int!) {" \
	" fileUpload(contentType: $contentType, filename: $filename, size: $size, makePublic: false) {" \
	" success" \
	" uploadFile { uploadUrl assetUrl headers { key value } }" \
	" }" \
	"}"

#define LINEAR_ATTACHMENT_CREATE \
	"mutation AttachmentCreate($input: AttachmentCreateInput!) {" \
	" attachmentCreate(input: $input) { success attachment { id } }" \
	"}"

#define LINEAR_ATTACHMENT \
	"query Attachment($id: String!) {" \
	" attachment(id: $id) { id issue { id identifier } }" \
	"}"

/* Only a workspace's administrators are told. */
#define LINEAR_WEBHOOKS \
	"query Webhooks($after: String) {" \
	" webhooks(first: 50, after: $after) {" \
	" nodes { id url enabled resourceTypes }" \
	" pageInfo { hasNextPage endCursor }" \
	" }" \
	"}"

/* Ordered by creation: the order by update would shift under the pages. */
#define LINEAR_ISSUES_IN_STATE \
	"query IssuesInState($state: String!, $since: DateTimeOrDuration!, $after: String) {" \
	" issues(filter: { state: { name: { eqIgnoreCase: $state } }, updatedAt: { gte: $since } }," \
	" first: 25, after: $after, orderBy: createdAt) {" \
	" nodes {" \
	" id createdAt state { id name }" \
	" history(first: 50) { nodes { createdAt toStateId } pageInfo { hasNextPage endCursor } }" \
	" }" \
	" pageInfo { hasNextPage endCursor }" \
	" }" \
	"}"

#define LINEAR_ISSUE_HISTORY \
	"query IssueHistory($id: String!, $after: String) {" \
	" issue(id: $id) {" \
	" id" \
	" history(first: 50, after: $after) { nodes { createdAt toStateId } pageInfo { hasNextPage endCursor } }" \
	" }" \
	"}"

#endif
