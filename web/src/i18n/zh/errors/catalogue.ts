/** 事项目录、大厅与导入文件，与 server/counter/catalogue 一一对应 */
export const catalogue = {
  catalogue_refused: "文件中有 {total} 处错误，未导入任何内容。请按列出的行修改后重试。",
  unknown_catalogue_format: "不认识这种文件。请选择 JSON、ZIP 或 CSV 文件。",
  broken_zip: "无法读取这个压缩包。请重新打包后再试。",
  number: "应为整数",
  yes_or_no: "应填“是”或“否”",
  list: "列表写法不对：各项之间用竖线“|”隔开",
  unknown_hall: "没有这个大厅。请返回列表重新选择。",
  unknown_region: "没有这个地区。请返回列表重新选择。",
  unknown_window: "没有这个窗口。请返回列表重新选择。",
  bad_items: "请选择一至十个不重复的事项。",
  not_served: "这个大厅不能跨区域办理所选事项。请另选大厅或事项。",
  not_served_together: "所选事项由不同的大厅办理，不能一次办完。请分开办理。",
};
