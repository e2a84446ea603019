import { html } from '../../html.ts';
import type { RefusalError } from '../refusal-error.ts';
import { MESSAGES } from './messages.ts';
import { type PayerView, payerLayout, sentParameters } from './payer-layout.ts';

interface ProblemPage extends PayerView {
  readonly error: RefusalError;
  readonly parameters: URLSearchParams;
}

/** The Payment Page refuses the whole request. */
export function problemPage({ base, language, error, parameters }: ProblemPage): string {
  const text = MESSAGES[language];
  const title = error.httpStatus === 503 ? text.unavailable : text.problem;
  const content = html`<div class="mark bad" aria-hidden="true">!</div>
<h1>${title}</h1>
<p class="problem" role="alert" lang="en">${error.operationCode} ${error.message}</p>
<p class="soft">${text.problemHint}</p>
${sentParameters(parameters, language, true)}`;
  return payerLayout({ base, language, title, brand: 'ECommPay', content });
}
