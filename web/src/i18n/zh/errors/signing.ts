/** 在开标记录上签名 */
export const signing = {
  minutes_not_ready: "记录还没有签封。请稍候再试。",
  minutes_changed: "开标记录刚刚有了新的签名。请按最新的文件重新签名。",
  signing_closed: "签名已经结束，开标记录不再改动。",
  field_of_another: "这个签名位置是为 {name} 准备的，您不能在此签名。",
  unknown_field: "开标记录中没有这个签名位置。请刷新页面。",
  being_signed: "{name} 正在签名，最迟到 {until}。请在此之后再签。",
  lease_expired: "本次签名已超时，没有写入。请重新签名。",
  lease_of_another: "这次签名由 {name} 发起，请由本人完成。",
  key_not_proven: "没能证明签名密钥属于您，没有签发证书。请刷新页面后重新签名。",
  signature_of_other_key: "签名与签发的证书不符，没有写入。请刷新页面后重新签名。",
  no_timestamps: "时间戳服务暂时不可用，签名没有写入。请稍后重试。",
};
