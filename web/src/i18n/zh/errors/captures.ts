/** 材料图片、手写签名、文字识别，与 server/counter/captures 一一对应 */
export const captures = {
  material_empty: "这个文件是空的。请重新拍摄或另选文件。",
  material_type: "只收 JPEG、PNG、WebP、HEIC 图片和 PDF 文件。请重新拍摄，或另选文件。",
  material_two_faced: "这个文件里还藏着另一种文件，不能接收。请直接拍摄原件。",
  material_broken: "文件不完整或已损坏。请重新拍摄，或重新导出后再上传。",
  material_too_many_pixels: "图片过大，超过 {most} 像素。请降低分辨率后重拍。",
  material_animated: "动态图片不能作为材料。请拍摄静止的照片。",
  material_too_costly: "这个文件过于复杂，无法处理。请改为拍摄照片。",
  pdf_encrypted: "这个 PDF 加了密码。请去掉密码后重新导出，或拍摄纸质原件。",
  pdf_active: "这个 PDF 带有脚本、可变表单或影音内容，不能作为材料。请打印成普通 PDF 后再上传。",
  pdf_too_many_pages: "这个 PDF 超过 {most} 页。请只保留需要的页。",
  signature_empty: "没有收到签名。请在框内书写姓名。",
  signature_absurd: "签名数据异常，没有保存。请清除后重新书写。",
  recognition_off: "本站没有安装文字识别。请手工填写。",
  recognition_failed: "这一页没有识别成功。请重试，或手工填写。",
  document_number_form: "证件号码的格式不对。请对照证件重新填写。",
};
