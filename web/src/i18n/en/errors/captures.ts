/** Pictures of materials, signatures by hand, recognised text, as in server/counter/captures */
export const captures = {
  material_empty: "This file is empty. Please take the picture again or choose another file.",
  material_type: "Only JPEG, PNG, WebP and HEIC pictures and PDF files are taken. Please take a picture or choose another file.",
  material_two_faced: "A file of another kind is hidden in this one, so it can't be taken. Please photograph the original itself.",
  material_broken: "The file is incomplete or damaged. Please take the picture again, or export the file anew.",
  material_too_many_pixels: "The picture is larger than {most} pixels. Please take it again at a lower resolution.",
  material_animated: "Moving pictures can't be materials. Please take a still photograph.",
  material_too_costly: "This file is too complicated to be processed. Please take a photograph instead.",
  pdf_encrypted: "This PDF is locked with a password. Please export it without one, or photograph the paper.",
  pdf_active: "This PDF has scripts, changing forms or media in it and can't be a material. Please print it to a plain PDF first.",
  pdf_too_many_pages: "This PDF has more than {most} pages. Please keep only those that are needed.",
  signature_empty: "No signature arrived. Please write your name in the box.",
  signature_absurd: "The signature's data make no sense and were not kept. Please clear the box and write again.",
  recognition_off: "Text recognition is not installed on this site. Please fill in the form by hand.",
  recognition_failed: "This page could not be read. Please try again, or fill in the form by hand.",
  document_number_form: "The number is not written like that of such a document. Please compare it with the document.",
};
