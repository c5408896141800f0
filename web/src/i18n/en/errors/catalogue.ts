/** The catalogue of items, halls and files that are imported, as in server/counter/catalogue */
export const catalogue = {
  catalogue_refused: "The file has {total} errors, so nothing was imported. Please correct the lines listed and try again.",
  unknown_catalogue_format: "This kind of file is not known. Please choose a JSON, ZIP or CSV file.",
  broken_zip: "The archive cannot be read. Please pack it again and retry.",
  number: "should be a whole number",
  yes_or_no: "should be yes or no",
  list: "is not a list: put “|” between its entries",
  unknown_hall: "There is no such hall. Please go back to the list and choose again.",
  unknown_region: "There is no such region. Please go back to the list and choose again.",
  unknown_window: "There is no such window. Please go back to the list and choose again.",
  bad_items: "Please choose one to ten items, each once.",
  not_served: "This hall does not serve the chosen item for other regions. Please choose another hall or item.",
  not_served_together: "The chosen items are decided in different halls and cannot be settled in one visit. Please take them one by one.",
};
