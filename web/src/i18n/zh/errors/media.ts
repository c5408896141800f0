/** 浏览器自己发现的音视频问题 */
export const media = {
  media_unreachable: "当前网络不能直接收发画面和声音，正在重试。可请网络管理员放行 UDP。",
  media_lost: "画面和声音的连接中断，正在重连。",
};
