"use strict";

{
  const EVERY = ["embed_key", "api_key", "bearer", "session_cookie", "client_credentials"];
  /** @type {Record<string, string[]>} */
  const SCHEMES = {
    origin: ["embed_key"],
    files_key_env: ["embed_key"],
    token_url: ["client_credentials"],
    client_id: ["client_credentials"],
    scope: ["client_credentials"],
    credential: EVERY,
    credential_env: EVERY,
    credential_changed_at: EVERY,
    secret: EVERY,
    remove_credential: EVERY,
  };
  const choice = document.getElementById("id_scheme");

  /** Show what the chosen scheme wants, and what is wrong with a field in any case. */
  const show = () => {
    if (!(choice instanceof HTMLSelectElement)) return;
    for (const [name, schemes] of Object.entries(SCHEMES)) {
      const row = document.querySelector(`.form-row.field-${name}`);
      if (!(row instanceof HTMLElement)) continue;
      row.hidden = !schemes.includes(choice.value) && !row.matches(".errors");
    }
  };

  choice?.addEventListener("change", show);
  show();
}
