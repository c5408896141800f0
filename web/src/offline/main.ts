const page = document.querySelector("#app");
if (page !== null) page.textContent = "云开 离线封标";
