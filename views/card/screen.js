// What the payer sees in each state.
(() => {
  const LOOKS = {
    loading: { tone: 'busy', button: 'pay' },
    ready: { tone: 'calm', icon: 'info', button: 'pay', canPay: true },
    open: { tone: 'busy', button: 'pay' },
    unavailable: { tone: 'warn', icon: 'alert', button: 'tryAgain', canPay: true },
    confirming: { tone: 'busy' },
    waiting: { tone: 'warn', icon: 'clock' },
    unclear: { tone: 'warn', icon: 'clock', button: 'tryAgain', canPay: true },
    paid: { tone: 'good', icon: 'check' },
    reserved: { tone: 'good', icon: 'check' },
    declined: { tone: 'bad', icon: 'alert', button: 'tryAgain', canPay: true },
    cancelled: { tone: 'calm', icon: 'info', button: 'pay', canPay: true },
    interrupted: { tone: 'warn', icon: 'alert', button: 'tryAgain', canPay: true },
    review: { tone: 'warn', icon: 'clock' },
  };

  const create = ({ texts, failUrl, successUrl }) => {
    const element = (id) => document.getElementById(`pp-${id}`);
    const main = element('main');
    const pay = element('pay');
    const back = element('back');
    const screen = { pay, canPay: false };

    screen.show = (state, { isReturning = false } = {}) => {
      if (main.dataset.state === state) return;
      const look = LOOKS[state];
      const { title, text } = texts.states[state];
      main.dataset.state = state;
      main.dataset.tone = look.tone;
      element('state-icon').setAttribute('href', `#pp-${look.icon ?? 'info'}`);
      element('state-title').textContent = title;
      element('state-text').textContent = isReturning ? `${text} ${texts.returning}` : text;
      screen.canPay = look.canPay === true;
      pay.hidden = look.button === undefined;
      pay.textContent = texts[look.button ?? 'pay'];
      pay.setAttribute('aria-disabled', String(!screen.canPay));
      // While the result is open, "back" would lead a payer who may have paid to the page for those who have not.
      back.hidden = pay.hidden || failUrl === undefined;
      // The widget takes the focus with it when it goes.
      if (screen.canPay && !main.contains(document.activeElement)) pay.focus({ preventScroll: true });
    };

    screen.offerSuccess = () => {
      back.href = successUrl;
      back.className = 'pp-button';
      back.hidden = false;
    };
    return screen;
  };

  window.cardPage = { ...window.cardPage, screen: { create } };
})();
