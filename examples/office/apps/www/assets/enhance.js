/** What pages do a little better with JavaScript; without it, everything works all the same. */

// Moments are written in UTC; whoever reads them lives somewhere.
for (const time of document.querySelectorAll('time[datetime]')) {
  const moment = new Date(time.dateTime)
  time.title = time.textContent
  time.textContent = moment.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })
}

for (const form of document.querySelectorAll('form[data-guard]')) guard(form)

/** Ctrl+S saves, and what is not saved yet is not lost by accident. */
function guard(form) {
  let isChanged = false
  form.addEventListener('input', () => {
    isChanged = true
  })
  form.addEventListener('submit', () => {
    isChanged = false
  })
  window.addEventListener('beforeunload', (event) => {
    if (isChanged) event.preventDefault()
  })
  form.addEventListener('keydown', (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key !== 's') return
    event.preventDefault()
    form.requestSubmit()
  })
}
